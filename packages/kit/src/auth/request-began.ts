/**
 * When the client's request came to the gateway, in milliseconds since the epoch by the gateway's clock. A token that expires while its
 * request walks from service to service would otherwise be good for the first and bad for the next: done, and answered as if it were
 * not.
 */
export const requestBeganHeader = 'x-request-began-at';

/** Longer than a request may take: five mutations one after the other, and what is read after them. */
const longestRequestMs = 30_000;

/**
 * The moment at which a request's token is judged: when the request began, but no longer ago than a request takes, and never in the
 * future. Only for callers that have proven who they are.
 */
export function tokenEvaluatedAtMs(value: string | string[] | undefined, nowMs = Date.now()): number {
  if (typeof value !== 'string' || !/^\d{1,15}$/.test(value)) return nowMs;
  return Math.min(nowMs, Math.max(nowMs - longestRequestMs, Number(value)));
}
