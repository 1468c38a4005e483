/** How the outbox goes on after a try that did not succeed. */
export interface RetryPolicy {
  /** Pause after the first such try, in milliseconds; doubles from try to try. */
  firstPauseMs: number;
  maximumPauseMs: number;
  /** So many failures that are the event's own are its death. */
  maximumFailures: number;
}

/** Ten failures within half a minute; what was away is found again within five seconds. */
export const defaultRetryPolicy: RetryPolicy = {
  firstPauseMs: 200,
  maximumPauseMs: 5_000,
  maximumFailures: 10,
};

/**
 * The pause after so many tries in a row that did not succeed, from 1; between half and all of the step, so that many do not come at
 * once.
 */
export function pauseMs(policy: RetryPolicy, tries: number, random: () => number = Math.random): number {
  const step = policy.firstPauseMs * 2 ** Math.min(tries - 1, 30);
  return Math.min(policy.maximumPauseMs, step) * (0.5 + random() / 2);
}
