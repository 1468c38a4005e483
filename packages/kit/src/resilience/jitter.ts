/**
 * A pause before the next try, in milliseconds: anything from 0 to a bound that doubles with each try. Spread over all of it,
 * those whom one outage hit do not come back together
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * @param attempt the one that failed, from 1
 */
export function fullJitterMs(attempt: number, { baseMs = 50, capMs = 1_000 } = {}): number {
  return Math.random() * boundMs(attempt, baseMs, capMs);
}

/**
 * As `fullJitterMs`, but never less than half of the bound: for work that is retried from a table, where a pause near 0 would
 * only repeat the failure.
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
