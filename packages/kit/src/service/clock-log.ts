import type { ClockSkew } from '../auth';
import type { Logger } from '../logger';

const pauseMs = 60_000;

/**
 * Tells an operator that clocks disagree: at every call, but for the log one line a minute and caller. Where a service tells it
 * of all callers its own clock is wrong; where all services tell it of one caller, that one's is.
 */
export function createClockLog(logger: Logger): (skew: ClockSkew) => void {
  const loggedAt = new Map<string, number>();
  return ({ caller, aheadSeconds }) => {
    const now = performance.now();
    if (now - (loggedAt.get(caller) ?? -Infinity) < pauseMs) return;
    loggedAt.set(caller, now);
    logger.error('clocks disagree: a caller is refused for the time of its credential', {
      caller,
      aheadSeconds,
      clock: new Date(),
    });
  };
}
