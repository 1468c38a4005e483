import type { Logger } from '../logger';

/**
 * Shuts the process down gracefully on SIGTERM, SIGINT, or when its parent exits (the IPC channel
 * closes). A second signal, or `timeoutMs`, exits immediately.
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
      logger.error('shutdown timed out', { timeoutMs });
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
  // False only if the parent exited while the service was starting, because its event was missed.
  if (process.connected === false) begin('disconnect');
}
