import { query, statement } from '@shop/kit/database';
import { IdempotencyStore, keyTable, type StoredKey } from '@shop/kit/idempotency';
import type { DataSource } from 'typeorm';
import type { KeyedOperation, OrderOutcome } from '../state/order-outcome';
import type { KeyEffect } from '../state/key-effect';
import type { Put } from './parameters';

/**
 * The request for which a user's key was used, and its outcome. `open_draft` or the statement that
 * changes the order claims the key; the statement that records the outcome stores it.
 */
export interface OrderKey extends StoredKey<OrderOutcome> {
  operation: KeyedOperation;
  orderId: string;
  /**
   * payOrder: the attempt that it started. cancelOrder: the last attempt. 0 if nothing was started.
   */
  attempt: number;
}

/** The key of a request before the request has started anything. */
export type KeyClaim = Omit<OrderKey, 'orderId' | 'attempt'>;

const table = keyTable<OrderKey>({
  operation: 'operation',
  orderId: 'order_id',
  attempt: 'attempt',
  result: 'outcome',
});

const saveOutcome = statement(
  'IdempotencyKeyRepository.saveOutcome',
  `UPDATE idempotency_keys SET outcome = ${decidedOutcome('$4')}
    WHERE order_id = $1 AND operation = $2 AND attempt = $3 RETURNING outcome`,
);

export class IdempotencyKeyRepository extends IdempotencyStore<OrderKey> {
  constructor(dataSource: DataSource) {
    super(dataSource, table);
  }

  /**
   * Stores the outcome of a request. Only UNDECIDED is overwritten.
   *
   * @returns the stored outcome, or null for a request without a key
   */
  async saveOutcome(
    { orderId, operation, attempt }: Pick<OrderKey, 'orderId' | 'operation' | 'attempt'>,
    outcome: OrderOutcome,
  ): Promise<OrderOutcome | null> {
    const values = [orderId, operation, attempt, outcome];
    const [row] = await query<{ outcome: OrderOutcome }>(this.where, saveOutcome, values);
    return row?.outcome ?? null;
  }
}

/** SQL expression of the new outcome: overwrites only NULL and UNDECIDED. */
function decidedOutcome(parameter: string): string {
  return `CASE WHEN outcome->>'kind' <> 'UNDECIDED' THEN outcome ELSE ${parameter}::jsonb END`;
}

/**
 * WITH item: claims the key if the item `current` has a row. Returns no row if the key was used.
 */
export function claimed(claim: KeyClaim, attempt: number, put: Put): string {
  const values = {
    userId: put(claim.userId),
    key: put(claim.key),
    requestHash: put(claim.requestHash),
    operation: put(claim.operation),
    orderId: 'current.id',
    attempt: put(attempt),
    result: `${put(claim.result)}::jsonb`,
  };
  return `claimed AS (${table.claimFrom(values, 'current')})`;
}

/**
 * WITH item: stores the outcome, or deletes the key of a request without effect, if `moved` has a
 * row.
 */
export function effectOnKey(orderId: string, { operation, attempt, outcome }: KeyEffect, put: Put): string {
  const isRequest = `order_id = ${orderId} AND operation = ${put(operation)} AND attempt = ${put(attempt)}
       AND EXISTS (SELECT FROM moved)`;
  if (outcome === null)
    return `freed AS (
    DELETE FROM idempotency_keys WHERE ${isRequest} AND (outcome IS NULL OR outcome->>'kind' = 'UNDECIDED'))`;
  return `remembered AS (
    UPDATE idempotency_keys SET outcome = ${decidedOutcome(put(outcome))} WHERE ${isRequest})`;
}
