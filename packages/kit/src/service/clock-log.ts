import type { ClockSkew } from '../auth';
import type { Logger } from '../logger';

const pauseMs = 60_000;

/**
 * Logs clock skew, at most once a minute per caller. If a service logs it for all callers, its own
 * clock is wrong; if all services log it for one caller, that caller's clock is wrong.
 */
export function createClockLog(logger: Logger): (skew: ClockSkew) => void {
  const loggedAt = new Map<string, number>();
  return ({ caller, aheadSeconds }) => {
    const now = performance.now();
    if (now - (loggedAt.get(caller) ?? -Infinity) < pauseMs) return;
    loggedAt.set(caller, now);
    logger.error('clock skew: the credential of a caller was rejected', {
      caller,
      aheadSeconds,
      clock: new Date(),
    });
  };
}
