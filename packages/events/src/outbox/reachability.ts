import { equalJitterMs } from '@shop/kit/resilience';

/** How the outbox retries failed deliveries. */
export interface RetryPolicy {
  /** Pause after the first failure, in milliseconds; doubled after each further one. */
  firstPauseMs: number;
  maximumPauseMs: number;
  /** After this number of rejections an event is moved to the dead letters. */
  maximumFailures: number;
}

/**
 * Ten rejections take about half a minute; a subscriber that is available again is noticed within
 * five seconds.
 */
export const defaultRetryPolicy: RetryPolicy = {
  firstPauseMs: 200,
  maximumPauseMs: 5_000,
  maximumFailures: 10,
};

/**
 * The pause after a number of consecutive failures, from 1; jitter between half and all of the
 * step, so that retries are spread.
 */
export function pauseMs(policy: RetryPolicy, tries: number, random: () => number = Math.random): number {
  return equalJitterMs(tries, { baseMs: policy.firstPauseMs, capMs: policy.maximumPauseMs }, random);
}

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
