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
