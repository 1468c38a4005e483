/**
 * Signals closer together than this are one press of Ctrl-C: the terminal sends it, and npm passes
 * it on once more.
 */
const samePressMs = 500;

/**
 * The first signal calls `stop`, the second ends the process at once. The end of the
 * process that started this one, if it keeps an IPC channel to it, counts as a signal.
 */
export function onStopSignal(stop: () => void): void {
  let firstMs: number | undefined;
  const take = () => {
    const nowMs = performance.now();
    if (firstMs === undefined) {
      firstMs = nowMs;
      stop();
    } else if (nowMs - firstMs > samePressMs) {
      // The services stop when their IPC channel closes, PostgreSQL by its orphan watchdog.
      process.exit(130);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, take);
  process.once('disconnect', () => {
    if (firstMs === undefined) take();
  });
}
