const firstPauseMs = 500;
const longestPauseMs = 30_000;

/**
 * Exponential backoff after `tries` failures (from 1): 0.5 s, doubled up to 30 s, with jitter
 * between half and all of it.
 */
export function backoffMs(tries: number, random: () => number = Math.random): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(tries - 1, 16)) * (0.5 + random() / 2);
}
