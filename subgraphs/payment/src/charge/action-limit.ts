/** How long an attempt waits for its customer to authenticate, unless PAYMENT_ACTION_SECONDS says otherwise. */
export const defaultActionLimitMs = 10 * 60_000;

/** So that the visit that is planned for the limit finds it passed: times are rounded on the way. */
const slackMs = 50;

/** The pause before the next visit to an attempt that waits for its customer: as for others, but not beyond the limit. */
export function pauseWithinLimitMs(pauseMs: number, msToLimit: number): number {
  return msToLimit > 0 ? Math.min(pauseMs, msToLimit + slackMs) : pauseMs;
}
