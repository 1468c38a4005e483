/** Signals within this time are one Ctrl-C, which both the terminal and npm send. */
const samePressMs = 500;

/**
 * The first signal calls `stop`, the second ends the process immediately. The exit of a parent with an
 * IPC channel counts as a signal.
 */
export function onStopSignal(stop: () => void): void {
  let firstMs: number | undefined;
  const handle = () => {
    const nowMs = performance.now();
    if (firstMs === undefined) {
      firstMs = nowMs;
      stop();
    } else if (nowMs - firstMs > samePressMs) {
      // The services stop when their IPC channel closes, PostgreSQL by its orphan watchdog.
      process.exit(130);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, handle);
  process.once('disconnect', () => {
    if (firstMs === undefined) handle();
  });
}
