/** Delays restarts until the compiler reports no error. */
export interface RestartGate<Name> {
  /** Call for each output line of `tsc --watch`. */
  compilerSays(line: string): void;
  /** Call when the compiled code of these services has changed. */
  codeChanged(names: readonly Name[]): void;
}

/** Calls `restart` with the changed services each time the compiler reports no error. */
export function createRestartGate<Name>(restart: (names: readonly Name[]) => void): RestartGate<Name> {
  let isCompiled = false;
  const waiting = new Set<Name>();

  function restartWaiting(): void {
    if (!isCompiled || waiting.size === 0) return;
    const names = [...waiting];
    waiting.clear();
    restart(names);
  }

  return {
    compilerSays(line) {
      const found = /Found (\d+) errors?\. Watching for file changes/.exec(line);
      if (found) isCompiled = found[1] === '0';
      else if (/Starting (incremental )?compilation/.test(line)) isCompiled = false;
      restartWaiting();
    },
    codeChanged(names) {
      for (const name of names) waiting.add(name);
      restartWaiting();
    },
  };
}
