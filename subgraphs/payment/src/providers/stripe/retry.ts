import { setTimeout as pause } from 'node:timers/promises';
import { isBusy, isRateLimited } from './stripe-errors';

/** Retries while another request uses the same key or object; the caller limits the total time. */
export function unlessBusy<T>(call: () => Promise<T>): Promise<T> {
  return retryWhile(isBusy, { firstPauseMs: 50, longestPauseMs: 800 }, call);
}

/** Retries while Stripe rejects the request because of its rate limit. */
export function unlessLimited<T>(call: () => Promise<T>): Promise<T> {
  return retryWhile(isRateLimited, { firstPauseMs: 1_000, longestPauseMs: 32_000 }, call);
}

/** The pause doubles with jitter; after the longest one, the error is thrown. */
async function retryWhile<T>(
  isTemporary: (error: unknown) => boolean,
  { firstPauseMs, longestPauseMs }: { firstPauseMs: number; longestPauseMs: number },
  call: () => Promise<T>,
): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs *= 2) {
    try {
      return await call();
    } catch (error) {
      if (!isTemporary(error) || pauseMs > longestPauseMs) throw error;
    }
    await pause(pauseMs * (0.5 + Math.random()));
  }
}
