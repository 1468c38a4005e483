import type { Logger } from '@shop/kit/logger';

const pauseMs = 60_000;

/** Anybody can send forged webhooks, by the thousand: the log gets one line a minute, with their number. */
export class RefusalLog {
  private unlogged = 0;
  private loggedAt = -Infinity;

  constructor(private readonly logger: Logger) {}

  add(refusal: { provider: string; reason: string }): void {
    this.unlogged += 1;
    const now = performance.now();
    if (now - this.loggedAt < pauseMs) return;
    this.logger.warn('webhooks refused', { ...refusal, count: this.unlogged });
    this.unlogged = 0;
    this.loggedAt = now;
  }
}
