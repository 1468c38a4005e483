import { setTimeout as pause } from 'node:timers/promises';
import { isBusy } from './stripe-errors';

/** Asks again while another request has the same key or object in hand; whoever calls limits the whole. */
export async function unlessBusy<T>(call: () => Promise<T>): Promise<T> {
  for (let pauseMs = 50; ; pauseMs *= 2) {
    try {
      return await call();
    } catch (error) {
      if (!isBusy(error) || pauseMs > 800) throw error;
    }
    await pause(pauseMs * (0.5 + Math.random()));
  }
}
