import { AppError } from '../errors';
import { currentRequestContext } from '../request-context';

/** How long the caller still waits, in milliseconds: a span, because two machines' clocks differ. */
export const requestTimeoutHeader = 'x-request-timeout-ms';

// The answer needs a moment on its way: who waits for us must not give up just before it comes.
const longestReserveMs = 100;

/**
 * The deadline that a caller sets, as `RequestContext.deadlineMs`; undefined when the header is none. Only for callers that
 * have proven who they are: anybody else could have requests refused as late.
 */
export function deadlineOfHeader(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string' || !/^\d{1,6}$/.test(value)) return undefined;
  const timeoutMs = Number(value);
  return performance.now() + timeoutMs - Math.min(longestReserveMs, timeoutMs / 10);
}

/** Until whoever asked stops waiting, in milliseconds; Infinity when nobody waits, 0 when they have stopped. */
export function timeLeftMs(): number {
  const deadlineMs = currentRequestContext()?.deadlineMs;
  return deadlineMs === undefined ? Infinity : Math.max(0, deadlineMs - performance.now());
}

/**
 * For the moment before a request's first effect: what nobody waits for any more is not begun. Work that has begun goes on.
 *
 * @throws AppError upstream_unavailable
 */
export function assertDeadlineNotExceeded(): void {
  if (timeLeftMs() > 0) return;
  throw new AppError('upstream_unavailable', 'This took too long to begin: nothing was done, repeat it.', {
    retryAfterSeconds: 1,
  });
}
