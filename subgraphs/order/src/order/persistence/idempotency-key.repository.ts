import { query, statement } from '@shop/kit/database';
import { IdempotencyStore, keyTable, type StoredKey } from '@shop/kit/idempotency';
import type { DataSource } from 'typeorm';
import type { ReservationRejected } from '../../clients/product.client';

export type PayOutcome =
  | { kind: 'PAID'; paymentId: string }
  | { kind: 'DECLINED'; paymentId: string }
  /** The provider can never charge the order's total; `failureCode` is the reason. */
  | { kind: 'NOT_POSSIBLE'; paymentId: string; failureCode: string | null }
  /** The provider has not decided yet; the order's status will contain the outcome. */
  | { kind: 'UNDECIDED'; paymentId: string };

/**
 * The order's step did not allow the request. Nothing was done, and repeats of the key do nothing.
 */
export type ConflictOutcome = { kind: 'STATE_CONFLICT' } | { kind: 'TOO_MANY_ATTEMPTS' };

/** The outcome of a request, as stored with its idempotency key. */
export type OrderOutcome =
  { kind: 'PLACED' } | ReservationRejected | PayOutcome | { kind: 'CANCELLED' } | ConflictOutcome;

/**
 * The request for which a user's key was used, and its outcome. `open_draft` or the statement that
 * changes the order claims the key; the statement that records the outcome stores it.
 */
export interface OrderKey extends StoredKey<OrderOutcome> {
  operation: 'createOrder' | 'payOrder' | 'cancelOrder';
  orderId: string;
  /**
   * payOrder: the attempt that it started. cancelOrder: the last attempt. 0 if nothing was started.
   */
  attempt: number;
}

/** The key of a request before the request has started anything. */
export type KeyClaim = Omit<OrderKey, 'orderId' | 'attempt'>;

/**
 * What a transition stores with the request's key. `outcome` null: the request had no effect, so
 * the key is deleted.
 */
export interface KeyEffect {
  operation: OrderKey['operation'];
  attempt: number;
  outcome: OrderOutcome | null;
}

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
export function decidedOutcome(parameter: string): string {
  return `CASE WHEN outcome->>'kind' <> 'UNDECIDED' THEN outcome ELSE ${parameter}::jsonb END`;
}

/** The INSERT that claims a key, for a larger statement: see `keyTable`. */
export function claimFrom(values: Record<keyof OrderKey, string>, from: string): string {
  return table.claimFrom(values, from);
}
