/**
 * When the gateway received the client's request, in milliseconds since the epoch. Without it, a
 * token that expires during a request would be accepted by the first service and rejected by the
 * next.
 */
export const requestBeganHeader = 'x-request-began-at';

/** Longer than the longest request: five sequential mutations and their reads. */
const longestRequestMs = 30_000;

/**
 * The time at which the expiry of a request's token is checked: when the request started, but not
 * longer ago than a request can take, and never in the future. Only for authenticated services.
 */
export function tokenEvaluatedAtMs(value: string | string[] | undefined, nowMs = Date.now()): number {
  if (typeof value !== 'string' || !/^\d{1,15}$/.test(value)) return nowMs;
  return Math.min(nowMs, Math.max(nowMs - longestRequestMs, Number(value)));
}
