import type { Logger } from '@shop/kit/logger';

const pauseMs = 60_000;

/** Logs at most one line per minute, with the count: anyone can send many forged webhooks. */
export class RefusalLog {
  private unlogged = 0;
  private loggedAt = -Infinity;

  constructor(private readonly logger: Logger) {}

  add(refusal: { provider: string; reason: string }): void {
    this.unlogged += 1;
    const now = performance.now();
    if (now - this.loggedAt < pauseMs) return;
    this.logger.warn('webhooks rejected', { ...refusal, count: this.unlogged });
    this.unlogged = 0;
    this.loggedAt = now;
  }
}
