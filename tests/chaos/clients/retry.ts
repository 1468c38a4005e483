import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { SendRequest, ShopResponse, ShopRequest } from './request';

const pauseMs = 500;
const maxTries = 60;

/**
 * Sends with one idempotency key until the response is final: a rejection with Retry-After is
 * repeated.
 */
export async function sendWithRetry(
  send: SendRequest,
  request: ShopRequest,
  key: string = randomUUID(),
): Promise<ShopResponse> {
  for (let tries = 1; ; tries += 1) {
    const response = await send({ ...request, key });
    if (!isRetryable(response) || tries === maxTries) return response;
    await pause(pauseMs);
  }
}

function isRetryable({ status, code }: ShopResponse): boolean {
  return status === null || status === 429 || status === 503 || code === 'idempotency_in_progress';
}
