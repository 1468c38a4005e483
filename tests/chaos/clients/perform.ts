import { setTimeout as pause } from 'node:timers/promises';
import type { Operation, Outcome } from '../history/history';
import type { Account } from './account';
import type { ShopResponse, ShopRequest } from './request';

const firstPauseMs = 100;
const longestPauseMs = 1_000;

/** Limits of retries. */
export interface RetryLimits {
  /** True when retries end; an unknown outcome then stays unknown. */
  isExpired(): boolean;
  /** Maximum number of responses without a known outcome. Default: no limit. */
  tries?: number;
}

/** Retries with the same idempotency key until the outcome is known. */
export async function perform(
  operation: Operation,
  { account, request, retryLimits }: { account: Account; request: ShopRequest; retryLimits: RetryLimits },
): Promise<ShopResponse> {
  let pauseMs = firstPauseMs;
  for (;;) {
    const response = await send(operation, account, request);
    if (operation.outcome !== 'unknown') return response;
    if (retryLimits.isExpired() || operation.responses.length >= (retryLimits.tries ?? Infinity))
      return response;
    await pause(pauseMs);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

async function send(operation: Operation, account: Account, request: ShopRequest): Promise<ShopResponse> {
  const response = await account.send({ ...request, key: operation.key });
  operation.responses.push({ atMs: performance.now(), status: response.status, code: response.code });
  operation.outcome = outcomeOf(response);
  return response;
}

/** Repeats the request after the outcome is known: the key must return the same result. */
export async function repeat(
  operation: Operation,
  { account, request, first }: { account: Account; request: ShopRequest; first: ShopResponse },
): Promise<void> {
  const response = await account.send({ ...request, key: operation.key });
  const outcome = outcomeOf(response);
  // No response, or one with an unknown outcome, is no contradiction.
  if (outcome === 'unknown') return;
  // What was undecided may be decided by now, either way.
  const isSame =
    first.status === 202 || (outcome === operation.outcome && orderIdIn(response) === orderIdIn(first));
  if (!isSame)
    operation.contradictions.push(
      `first ${first.status} ${first.code} ${orderIdIn(first)}, then ${response.status} ${response.code} ${orderIdIn(response)}`,
    );
}

function outcomeOf({ status, code }: ShopResponse): Outcome {
  if (status === null || status >= 500 || status === 429 || status === 401) return 'unknown';
  // The key does not store this rejection: a repeat succeeds after other orders are completed.
  if (code === 'idempotency_in_progress' || code === 'too_many_open_orders') return 'unknown';
  return status < 300 ? 'acknowledged' : 'rejected';
}

/** ID of the order in a response of /v1/orders. */
export function orderIdIn({ body }: ShopResponse): string | null {
  const order = (body['order'] ?? body) as { id?: unknown };
  return typeof order.id === 'string' ? order.id : null;
}
