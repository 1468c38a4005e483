import type { CallFailureKind } from './call-failure';

// With less time than this a timeout is no outage: earlier calls may have used up the deadline.
const fairTimeMs = 500;

/** Errors that occur before anything is sent. */
const connectFailures = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
]);

/** The kind of a failed exchange. `leftMs` is the time that it had. */
export function failureKind(
  cause: unknown,
  { isCancelled, isLate, leftMs }: { isCancelled: boolean | undefined; isLate: boolean; leftMs: number },
): CallFailureKind {
  if (isCancelled) return 'cancelled';
  if (isLate) return leftMs >= fairTimeMs ? 'timed_out' : 'deadline_too_short';
  const { code } = cause as { code?: string };
  return connectFailures.has(code ?? '') ? 'connect_failed' : 'connection_lost';
}
