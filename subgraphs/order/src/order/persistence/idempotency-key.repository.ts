import { query, statement } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import type { OrderOutcome } from '../state/order-outcome';
import type { IdempotencyKeyEntity } from './idempotency-key.entity';
import { decidedOutcome } from './key-parts';

export type KeyOfUser = Pick<IdempotencyKeyEntity, 'userId' | 'key'>;
/** The request, on one order, that a key stands for. */
export type KeyedRequest = Pick<IdempotencyKeyEntity, 'orderId' | 'operation' | 'attempt'>;

const find = statement(
  'IdempotencyKeyRepository.find',
  `SELECT user_id AS "userId", key, operation, request_hash AS "requestHash", order_id AS "orderId", attempt, outcome
     FROM idempotency_keys WHERE user_id = $1 AND key = $2`,
);

const insert = statement(
  'IdempotencyKeyRepository.insert',
  `INSERT INTO idempotency_keys (user_id, key, operation, request_hash, order_id, attempt, outcome)
   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING user_id`,
);

const saveOutcome = statement(
  'IdempotencyKeyRepository.saveOutcome',
  `UPDATE idempotency_keys
      SET outcome = ${decidedOutcome('$4')}
    WHERE order_id = $1 AND operation = $2 AND attempt = $3 RETURNING outcome`,
);

/** Keys of requests. The statements that move orders claim, decide and free keys themselves: key-parts.ts. */
export class IdempotencyKeyRepository {
  constructor(private readonly dataSource: DataSource) {}

  async find({ userId, key }: KeyOfUser): Promise<IdempotencyKeyEntity | null> {
    const [row] = await query<IdempotencyKeyEntity>(this.dataSource, find, [userId, key]);
    return row ?? null;
  }

  /**
   * Claims a key for a request that changes nothing. A concurrent claim of the same key is waited for.
   *
   * @returns false when the key was claimed before
   */
  async insert(claim: IdempotencyKeyEntity): Promise<boolean> {
    const { userId, key, operation, requestHash, orderId, attempt, outcome } = claim;
    const values = [
      userId,
      key,
      operation,
      requestHash,
      orderId,
      attempt,
      outcome && JSON.stringify(outcome),
    ];
    return (await query(this.dataSource, insert, values)).length === 1;
  }

  /**
   * Stores the outcome of a request. Only UNDECIDED is overwritten.
   *
   * @returns what is remembered now, or null for a request without a key
   */
  async saveOutcome(request: KeyedRequest, outcome: OrderOutcome): Promise<OrderOutcome | null> {
    const { orderId, operation, attempt } = request;
    const values = [orderId, operation, attempt, JSON.stringify(outcome)];
    const [row] = await query<{ outcome: OrderOutcome }>(this.dataSource, saveOutcome, values);
    return row?.outcome ?? null;
  }
}
