import type { Transaction } from '@shop/kit/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { OrderOutcome } from '../state/order-outcome';
import { IdempotencyKeyEntity } from './idempotency-key.entity';

export type KeyOfUser = Pick<IdempotencyKeyEntity, 'userId' | 'key'>;
/** The request, on one order, that a key stands for. */
export type KeyedRequest = Pick<IdempotencyKeyEntity, 'orderId' | 'operation' | 'attempt'>;

export class IdempotencyKeyRepository {
  constructor(private readonly dataSource: DataSource) {}

  find({ userId, key }: KeyOfUser, manager: EntityManager = this.dataSource.manager) {
    const where = { userId, key };
    return manager.findOne(IdempotencyKeyEntity, { where, comment: 'IdempotencyKeyRepository.find' });
  }

  /**
   * Claims a key. Somebody who is claiming the same one at this moment is waited for.
   *
   * @param claim without an `orderId`, one is chosen for an order to come
   * @returns the order's id, or null when the key was claimed before
   */
  async insert(
    transaction: Transaction,
    claim: Omit<IdempotencyKeyEntity, 'orderId'> & { orderId?: string },
  ): Promise<string | null> {
    const rows = await transaction.query<{ orderId: string }[]>(
      `/* IdempotencyKeyRepository.insert */
       INSERT INTO idempotency_keys (user_id, key, operation, request_hash, order_id, attempt, outcome)
       VALUES ($1, $2, $3, $4, COALESCE($5::uuid, uuidv7()), $6, $7)
       ON CONFLICT DO NOTHING RETURNING order_id AS "orderId"`,
      [
        claim.userId,
        claim.key,
        claim.operation,
        claim.requestHash,
        claim.orderId ?? null,
        claim.attempt,
        claim.outcome && JSON.stringify(claim.outcome),
      ],
    );
    return rows[0]?.orderId ?? null;
  }

  /**
   * Stores the outcome of a request. Only UNDECIDED is overwritten.
   *
   * @returns what is remembered now, or null for a request without a key
   */
  async saveOutcome(
    manager: EntityManager,
    { orderId, operation, attempt }: KeyedRequest,
    outcome: OrderOutcome,
  ): Promise<OrderOutcome | null> {
    const [rows] = await manager.query<[{ outcome: OrderOutcome }[], number]>(
      `/* IdempotencyKeyRepository.saveOutcome */
       UPDATE idempotency_keys
          SET outcome = CASE WHEN outcome->>'kind' <> 'UNDECIDED' THEN outcome ELSE $4::jsonb END
        WHERE order_id = $1 AND operation = $2 AND attempt = $3 RETURNING outcome`,
      [orderId, operation, attempt, JSON.stringify(outcome)],
    );
    return rows[0]?.outcome ?? null;
  }

  /** Nothing was done for this request, so its key may be used again for it, also when its client was told that it is undecided. */
  async remove(transaction: Transaction, { orderId, operation, attempt }: KeyedRequest): Promise<void> {
    await transaction.query(
      `/* IdempotencyKeyRepository.remove */
       DELETE FROM idempotency_keys WHERE order_id = $1 AND operation = $2 AND attempt = $3
          AND (outcome IS NULL OR outcome->>'kind' = 'UNDECIDED')`,
      [orderId, operation, attempt],
    );
  }
}
