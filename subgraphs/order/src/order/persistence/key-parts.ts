import type { KeyEffect } from '../state/key-effect';
import type { KeyedOperation, OrderOutcome } from '../state/order-outcome';
import type { Put } from './parameters';

/** The key of the request that moves an order, claimed in the same statement. */
export interface KeyClaim {
  userId: string;
  key: string;
  operation: KeyedOperation;
  requestHash: Buffer;
  outcome: OrderOutcome | null;
}

/** The outcome of a key after another one became known: only what is not known yet, or UNDECIDED, is overwritten. */
export function decidedOutcome(parameter: string): string {
  return `CASE WHEN outcome->>'kind' <> 'UNDECIDED' THEN outcome ELSE ${parameter}::jsonb END`;
}

/** WITH item: claims the key if the item `current` has the order; no row if the key is taken. */
export function claimed(claim: KeyClaim, attempt: number, put: Put): string {
  const { userId, key, operation, requestHash, outcome } = claim;
  return `claimed AS (
    INSERT INTO idempotency_keys (user_id, key, operation, request_hash, order_id, attempt, outcome)
    SELECT ${put(userId)}, ${put(key)}, ${put(operation)}, ${put(requestHash)}, current.id, ${put(attempt)},
           ${put(outcome && JSON.stringify(outcome))}::jsonb
      FROM current ON CONFLICT DO NOTHING RETURNING user_id)`;
}

/** WITH item: stores the outcome, or frees the key of a request that had no effect, if the item `moved` has the order. */
export function effectOnKey(orderId: string, { operation, attempt, outcome }: KeyEffect, put: Put): string {
  const isRequest = `order_id = ${orderId} AND operation = ${put(operation)} AND attempt = ${put(attempt)}
       AND EXISTS (SELECT FROM moved)`;
  if (outcome === null)
    return `freed AS (
    DELETE FROM idempotency_keys WHERE ${isRequest} AND (outcome IS NULL OR outcome->>'kind' = 'UNDECIDED'))`;
  return `remembered AS (
    UPDATE idempotency_keys SET outcome = ${decidedOutcome(put(JSON.stringify(outcome)))} WHERE ${isRequest})`;
}
