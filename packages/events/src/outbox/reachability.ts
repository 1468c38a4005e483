import { pauseMs, type RetryPolicy } from './retry-policy';

/**
 * Tracks unavailable subscribers. No events are sent to them during a pause, so a hanging
 * subscriber costs one timeout, not one per event.
 */
export class Reachability {
  private readonly misses = new Map<string, { count: number; until: number }>();

  constructor(
    private readonly policy: RetryPolicy,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Milliseconds until the subscriber may be tried again; 0: now. */
  msUntilNextTry(subscriber: string): number {
    return Math.max(0, (this.misses.get(subscriber)?.until ?? 0) - this.now());
  }

  /** Subscribers that may not be tried now. */
  unavailable(): string[] {
    return [...this.misses.keys()].filter((subscriber) => this.msUntilNextTry(subscriber) > 0);
  }

  reached(subscriber: string): void {
    this.misses.delete(subscriber);
  }

  missed(subscriber: string): void {
    const count = (this.misses.get(subscriber)?.count ?? 0) + 1;
    this.misses.set(subscriber, { count, until: this.now() + pauseMs(this.policy, count) });
  }
}
