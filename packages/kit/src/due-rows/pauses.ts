const firstPauseMs = 500;
const longestPauseMs = 30_000;

/** The pause after so many failed tries, from 1: doubles from 0.5 s to 30 s; between half and all of it, at random. */
export function backoffMs(tries: number, random: () => number = Math.random): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(tries - 1, 16)) * (0.5 + random() / 2);
}
