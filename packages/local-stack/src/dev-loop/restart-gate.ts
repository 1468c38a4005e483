/** Delays restarts until the compiler reports no error. */
export interface RestartGate<Name> {
  /** Call for each output line of `tsc --watch`. */
  onCompilerLine(line: string): void;
  /**
   * The built code or the schema of these services has changed.
   *
   * @param sourcesWrittenAtMs when their sources were written: the restart waits for a compilation
   *   that started later
   */
  codeChanged(names: readonly Name[], sourcesWrittenAtMs?: number): void;
}

/** Calls `restart` with the changed services each time the compiler reports no error. */
export function createRestartGate<Name>(restart: (names: readonly Name[]) => void): RestartGate<Name> {
  let isCompiled = false;
  let startedAtMs = -Infinity;
  const waiting = new Map<Name, number>();

  function restartWaiting(): void {
    if (!isCompiled) return;
    const names = [...waiting].filter(([, sinceMs]) => sinceMs <= startedAtMs).map(([name]) => name);
    if (names.length === 0) return;
    for (const name of names) waiting.delete(name);
    restart(names);
  }

  return {
    onCompilerLine(line) {
      const result = /Found (\d+) errors?\. Watching for file changes/.exec(line);
      if (result) isCompiled = result[1] === '0';
      else if (/Starting (incremental )?compilation/.test(line)) {
        isCompiled = false;
        startedAtMs = Date.now();
      }
      restartWaiting();
    },
    codeChanged(names, sourcesWrittenAtMs = -Infinity) {
      for (const name of names)
        waiting.set(name, Math.max(sourcesWrittenAtMs, waiting.get(name) ?? -Infinity));
      restartWaiting();
    },
  };
}
