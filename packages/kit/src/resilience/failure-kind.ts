import type { CallFailureKind } from './call-failure';

// A circuit must not open because others used up the time: with less than this a call tells nothing about the target.
const fairTimeMs = 500;

/** Errors that come before anything was sent. */
const connectFailures = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
]);

/** What an exchange without an answer means. `leftMs` is the time that it had. */
export function failureKind(
  cause: unknown,
  { isCancelled, isLate, leftMs }: { isCancelled: boolean | undefined; isLate: boolean; leftMs: number },
): CallFailureKind {
  if (isCancelled) return 'cancelled';
  if (isLate) return leftMs >= fairTimeMs ? 'timed_out' : 'deadline_too_short';
  const { code } = cause as { code?: string };
  return connectFailures.has(code ?? '') ? 'connect_failed' : 'connection_lost';
}
