/**
 * A pause before the next try, in milliseconds: anything from 0 to a bound that doubles with each try. Spread over all of it,
 * those whom one outage hit do not come back together
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * @param attempt the one that failed, from 1
 */
export function fullJitterMs(attempt: number, { baseMs = 50, capMs = 1_000 } = {}): number {
  return Math.random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
}
