import type { Logger } from '../logger';

/**
 * Stops the process in order at SIGTERM, SIGINT or when the parent that started it is gone (its IPC channel closes). A second
 * signal, or `timeoutMs`, ends it at once.
 */
export function runUntilStopped(options: {
  logger: Logger;
  stop: () => Promise<void>;
  timeoutMs: number;
}): void {
  const { logger, stop, timeoutMs } = options;
  let stopping = false;
  const begin = (reason: string) => {
    if (stopping) {
      if (reason === 'disconnect') return;
      process.exit(1);
    }
    stopping = true;
    logger.info('stopping', { reason });
    setTimeout(() => {
      logger.error('did not stop in time', { timeoutMs });
      process.exit(1);
    }, timeoutMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error('stopping failed', { error });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => begin('SIGTERM'));
  process.on('SIGINT', () => begin('SIGINT'));
  process.on('disconnect', () => begin('disconnect'));
  // False only for a parent that was lost while the service was starting: its event has passed.
  if (process.connected === false) begin('disconnect');
}
