import type { Transaction } from '@shop/kit/database';
import { Any, type DataSource } from 'typeorm';
import { Refund, type RefundStatus } from './refund.entity';
import type { RefundFailure } from './refund-outcome';

/** `ageMs`: since the current round began, by the database's clock. */
export type TriedRefund = Pick<
  Refund,
  'paymentId' | 'providerKey' | 'status' | 'round' | 'tries' | 'revision'
> & { ageMs: number };

const triedColumns = `payment_id AS "paymentId", provider_key AS "providerKey", status, round, tries, revision,
  (extract(epoch FROM now() - round_began_at) * 1000)::float8 AS "ageMs"`;

/** No later try has begun, and the status has not changed since: answers to older calls are dropped. */
const isLatestTry = `payment_id = $1 AND revision = $2 AND tries = $3 AND settled_at IS NULL`;

/** The table `refunds`. Methods run on their own unless they are given a transaction. */
export class RefundRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** False if the payment already has a refund. @param paymentFailureCode of a payment that was FAILED */
  async insert(
    transaction: Transaction,
    refund: Pick<Refund, 'paymentId' | 'providerKey'> & { paymentFailureCode: string | null },
  ): Promise<boolean> {
    const inserted = await transaction.query<unknown[]>(
      `/* RefundRepository.insert */
       INSERT INTO refunds (payment_id, provider_key, payment_failure_code) VALUES ($1, $2, $3)
       ON CONFLICT (payment_id) DO NOTHING
       RETURNING payment_id`,
      [refund.paymentId, refund.providerKey, refund.paymentFailureCode],
    );
    return inserted.length > 0;
  }

  findByPaymentId(
    paymentId: string,
    transaction: Transaction = this.dataSource.manager,
  ): Promise<Refund | null> {
    return transaction.findOne(Refund, {
      where: { paymentId },
      comment: 'RefundRepository.findByPaymentId',
    });
  }

  findByPaymentIds(paymentIds: readonly string[]): Promise<Refund[]> {
    return this.dataSource.manager.find(Refund, {
      where: { paymentId: Any(paymentIds) },
      comment: 'RefundRepository.findByPaymentIds',
    });
  }

  /** Counts a try; null if there is no refund or an operator has settled it. */
  async beginTry(
    transaction: Transaction,
    paymentId: string,
    allowanceMs: number,
  ): Promise<TriedRefund | null> {
    const [tried] = await transaction.query<TriedRefund[]>(
      `/* RefundRepository.beginTry */
       WITH tried AS (
         UPDATE refunds
         SET tries = tries + 1,
             next_try_at = CASE WHEN status = 'PENDING' THEN now() + $2 * interval '1 millisecond' END
         WHERE payment_id = $1 AND settled_at IS NULL
         RETURNING *
       )
       SELECT ${triedColumns} FROM tried`,
      [paymentId, allowanceMs],
    );
    return tried ?? null;
  }

  /** False if a later try has begun. */
  async postpone(
    transaction: Transaction,
    { paymentId, revision, tries }: TriedRefund,
    next: { pauseMs: number; reference: string | null },
  ): Promise<boolean> {
    const [, changed] = await transaction.query<[unknown, number]>(
      `/* RefundRepository.postpone */
       UPDATE refunds
       SET next_try_at = now() + $4 * interval '1 millisecond', provider_reference = coalesce($5, provider_reference)
       WHERE ${isLatestTry} AND status = 'PENDING'`,
      [paymentId, revision, tries, next.pauseMs, next.reference],
    );
    return changed > 0;
  }

  /** @returns the new revision; null if a later try has begun or it has already succeeded */
  markSucceeded(
    transaction: Transaction,
    { paymentId, revision, tries }: TriedRefund,
    reference: string,
  ): Promise<number | null> {
    return this.change(
      transaction,
      `/* RefundRepository.markSucceeded */
       UPDATE refunds
       SET status = 'SUCCEEDED', failure_code = NULL, is_definite = false, provider_reference = $4, next_try_at = NULL,
           revision = revision + 1, updated_at = now()
       WHERE ${isLatestTry} AND status <> 'SUCCEEDED'
       RETURNING revision`,
      [paymentId, revision, tries, reference],
    );
  }

  /** @returns the new revision; null if a later try has begun or this failure is already stored */
  markFailed(
    transaction: Transaction,
    { paymentId, revision, tries }: TriedRefund,
    { failureCode, isDefinite, reference }: RefundFailure,
  ): Promise<number | null> {
    return this.change(
      transaction,
      `/* RefundRepository.markFailed */
       UPDATE refunds
       SET status = 'FAILED', failure_code = $4, is_definite = $5, provider_reference = coalesce($6, provider_reference),
           next_try_at = NULL, revision = revision + 1, updated_at = now()
       WHERE ${isLatestTry} AND (status <> 'FAILED' OR ($5 AND NOT is_definite))
       RETURNING revision`,
      [paymentId, revision, tries, failureCode, isDefinite, reference],
    );
  }

  /**
   * Makes a FAILED refund PENDING again. After a definite failure a new round with a new key begins. If the outcome is
   * unknown, the key stays, so that a refund that was made is found and not repeated.
   */
  async retry(transaction: Transaction, paymentId: string): Promise<boolean> {
    const [, changed] = await transaction.query<[unknown, number]>(
      `/* RefundRepository.retry */
       UPDATE refunds
       SET status = 'PENDING', failure_code = NULL, is_definite = false, round_began_at = now(), tries = 0,
           next_try_at = now(), revision = revision + 1, updated_at = now(),
           round = CASE WHEN is_definite THEN round + 1 ELSE round END,
           provider_key = CASE WHEN is_definite
             THEN CASE WHEN round = 1 THEN provider_key ELSE regexp_replace(provider_key, ':[0-9]+$', '') END
                  || ':' || (round + 1)
             ELSE provider_key END,
           provider_reference = CASE WHEN is_definite THEN NULL ELSE provider_reference END
       WHERE payment_id = $1 AND status = 'FAILED'`,
      [paymentId],
    );
    return changed > 0;
  }

  /**
   * Settles a FAILED refund that an operator has made by other means. @returns the new revision; null if it is not FAILED, or
   * its failure is not definite and `isUnconfirmed` is false
   */
  settle(
    transaction: Transaction,
    { paymentId, reason, isUnconfirmed }: { paymentId: string; reason: string; isUnconfirmed: boolean },
  ): Promise<number | null> {
    return this.change(
      transaction,
      `/* RefundRepository.settle */
       UPDATE refunds
       SET status = 'SUCCEEDED', failure_code = NULL, is_definite = false, next_try_at = NULL, settled_at = now(),
           settled_reason = $2, revision = revision + 1, updated_at = now()
       WHERE payment_id = $1 AND status = 'FAILED' AND (is_definite OR $3)
       RETURNING revision`,
      [paymentId, reason, isUnconfirmed],
    );
  }

  /** Longest unfinished first. */
  listUnfinished(statuses: readonly RefundStatus[], limit: number): Promise<ListedRefund[]> {
    return this.dataSource.query<ListedRefund[]>(
      `/* RefundRepository.listUnfinished */
       SELECT payment_id AS "paymentId", order_id AS "orderId", refunds.status, refunds.failure_code AS "failureCode",
              is_definite AS "isDefinite", provider, refunds.provider_key AS "providerKey",
              refunds.provider_reference AS "providerReference", amount_cents AS "amountCents", currency, round, tries,
              next_try_at AS "nextTryAt", refunds.updated_at AS "updatedAt"
       FROM refunds JOIN payments ON payments.id = payment_id
       WHERE refunds.status IN ('PENDING', 'FAILED') AND refunds.status = ANY ($1)
       ORDER BY refunds.updated_at LIMIT $2`,
      [statuses, limit],
    );
  }

  private async change(transaction: Transaction, sql: string, values: unknown[]): Promise<number | null> {
    const [rows] = await transaction.query<[{ revision: number }[], number]>(sql, values);
    return rows[0]?.revision ?? null;
  }
}

/** An unfinished refund, with the fields that an operator needs. */
export type ListedRefund = Pick<
  Refund,
  | 'paymentId'
  | 'status'
  | 'failureCode'
  | 'isDefinite'
  | 'providerKey'
  | 'providerReference'
  | 'round'
  | 'tries'
  | 'nextTryAt'
  | 'updatedAt'
> & { orderId: string; provider: string; amountCents: number; currency: string };
