/** Shows the steps of a start. */
export interface Progress {
  /** Starts a step; the previous one is complete. */
  step(text: string): void;
  done(): void;
  /** A line between the steps. */
  note(line: string): void;
}

/**
 * On a terminal a line is written when a step starts and replaced when it ends; otherwise only
 * complete lines are written.
 */
export function showProgress(output: NodeJS.WriteStream): Progress {
  let current: { text: string; sinceMs: number } | undefined;
  const isLive = output.isTTY;

  function finish(): void {
    if (!current) return;
    const seconds = ((performance.now() - current.sinceMs) / 1_000).toFixed(1);
    const line = `${isLive ? '\r\x1b[K\x1b[32m✔\x1b[0m' : '-'} ${current.text} (${seconds} s)\n`;
    current = undefined;
    output.write(line);
  }

  return {
    step(text) {
      finish();
      current = { text, sinceMs: performance.now() };
      if (isLive) output.write(`  ${current.text} …`);
    },
    done: finish,
    note(line) {
      if (isLive && current) output.write(`\r\x1b[K`);
      output.write(`${line}\n`);
      if (isLive && current) output.write(`  ${current.text} …`);
    },
  };
}
