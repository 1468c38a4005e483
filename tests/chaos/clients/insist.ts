import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { SendRequest, ShopAnswer, ShopRequest } from './request';

const pauseMs = 500;
const longestWaitTries = 60;

/** Sends with one idempotency key until the response is final: a rejection with Retry-After is repeated. */
export async function insist(
  send: SendRequest,
  request: ShopRequest,
  key: string = randomUUID(),
): Promise<ShopAnswer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await send({ ...request, key });
    if (!isToComeAgain(answer) || tries === longestWaitTries) return answer;
    await pause(pauseMs);
  }
}

function isToComeAgain({ status, code }: ShopAnswer): boolean {
  return status === null || status === 429 || status === 503 || code === 'idempotency_in_progress';
}
