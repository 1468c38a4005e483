/**
 * Pause before the next try in milliseconds: random, from 0 to a limit that doubles with each try.
 * Full jitter spreads the retries after an outage
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * @param attempt number of the failed try, from 1
 */
export function fullJitterMs(attempt: number, { baseMs = 50, capMs = 1_000 } = {}): number {
  return Math.random() * boundMs(attempt, baseMs, capMs);
}

/**
 * As `fullJitterMs`, but at least half of the limit, for work whose immediate retry would fail
 * again.
 */
export function equalJitterMs(
  attempt: number,
  { baseMs, capMs }: { baseMs: number; capMs: number },
  random: () => number = Math.random,
): number {
  return boundMs(attempt, baseMs, capMs) * (0.5 + random() / 2);
}

function boundMs(attempt: number, baseMs: number, capMs: number): number {
  return Math.min(capMs, baseMs * 2 ** (attempt - 1));
}
