/** Default of PAYMENT_ACTION_SECONDS: the time that a customer has to authenticate. */
export const defaultActionLimitMs = 10 * 60_000;

/** Ensures that the visit scheduled for the limit finds it expired: times are rounded. */
const slackMs = 50;

/** The delay before the next visit to a REQUIRES_ACTION attempt: as for others, but not beyond the time limit. */
export function pauseWithinLimitMs(pauseMs: number, msToLimit: number): number {
  return msToLimit > 0 ? Math.min(pauseMs, msToLimit + slackMs) : pauseMs;
}
