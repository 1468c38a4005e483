/** How the outbox retries failed deliveries. */
export interface RetryPolicy {
  /** Pause after the first failure, in milliseconds; doubled after each further one. */
  firstPauseMs: number;
  maximumPauseMs: number;
  /** After so many refusals an event is moved to the dead letters. */
  maximumFailures: number;
}

/**
 * Ten refusals take about half a minute; a subscriber that is available again is noticed within
 * five seconds.
 */
export const defaultRetryPolicy: RetryPolicy = {
  firstPauseMs: 200,
  maximumPauseMs: 5_000,
  maximumFailures: 10,
};

/**
 * The pause after so many failures in a row, from 1; jitter between half and all of the step, so
 * that retries are spread.
 */
export function pauseMs(policy: RetryPolicy, tries: number, random: () => number = Math.random): number {
  const step = policy.firstPauseMs * 2 ** Math.min(tries - 1, 30);
  return Math.min(policy.maximumPauseMs, step) * (0.5 + random() / 2);
}
