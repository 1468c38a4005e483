import { insertDeliveries } from '@shop/events/outbox';
import { columnList, commitStep, query, type Statement, statement } from '@shop/kit/database';
import type { DueTable } from '@shop/kit/due-rows';
import type { DataSource } from 'typeorm';
import { Refund, type RefundFailure, type RefundStatus } from './refund.entity';

/** `ageMs`: time since the start of the round, by the database's clock. */
export type TriedRefund = Pick<
  Refund,
  'paymentId' | 'providerKey' | 'status' | 'round' | 'tries' | 'revision' | 'traceparent'
> & { ageMs: number };

/** Longer than the provider calls of one try. */
export const tryLeaseMs = 12_000;

const triedColumnsButId = `provider_key AS "providerKey", status, round, tries, revision, traceparent,
  (extract(epoch FROM now() - round_began_at) * 1000)::float8 AS "ageMs"`;

/** PENDING refunds. The claim increments `tries`, so that results of older tries are discarded. */
export const dueRefunds: Omit<DueTable, 'leaseMs'> = {
  table: 'refunds',
  key: { payment_id: 'uuid' },
  columns: `due_row.payment_id AS "paymentId", ${triedColumnsButId}`,
  set: 'tries = due_row.tries + 1',
};

/** For SQL that reads all PENDING refunds with the index refunds_due; a CHECK guarantees it. */
export const pendingRefunds = 'refunds.due_at IS NOT NULL';

/** No later try has started and the status has not changed. Otherwise the result is discarded. */
const isLatestTry = `payment_id = $1 AND revision = $2 AND tries = $3 AND settled_at IS NULL`;

/** From SUCCEEDED, or from FAILED if the provider has charged nevertheless. */
const markPaymentRefunded = `
  UPDATE payments SET status = 'REFUNDED', sent = true, failure_code = NULL, updated_at = now()
    FROM changed WHERE payments.id = changed.payment_id AND payments.status IN ('SUCCEEDED', 'FAILED')`;

/** After a succeeded refund has failed: restores the status of the payment. */
const markPaymentNotRefunded = `
  UPDATE payments
     SET status = CASE WHEN changed.payment_failure_code IS NULL THEN 'SUCCEEDED' ELSE 'FAILED' END,
         failure_code = changed.payment_failure_code, updated_at = now()
    FROM changed WHERE payments.id = changed.payment_id AND payments.status = 'REFUNDED'`;

const insert = statement(
  'RefundRepository.insert',
  `INSERT INTO refunds (payment_id, provider_key, payment_failure_code, traceparent, due_at) VALUES ($1, $2, $3, $4, now())
   ON CONFLICT (payment_id) DO NOTHING
   RETURNING payment_id`,
);

const findByPaymentIds = statement(
  'RefundRepository.findByPaymentIds',
  `SELECT ${columnList(Refund)} FROM refunds WHERE payment_id = ANY ($1::uuid[])`,
);

const beginTry = statement(
  'RefundRepository.beginTry',
  `UPDATE refunds
      SET tries = tries + 1, due_at = CASE WHEN status = 'PENDING' THEN now() + $2 * interval '1 millisecond' END
    WHERE payment_id = $1 AND settled_at IS NULL
   RETURNING payment_id AS "paymentId", ${triedColumnsButId}`,
);

const postpone = statement(
  'RefundRepository.postpone',
  `UPDATE refunds
      SET due_at = now() + $4 * interval '1 millisecond', due_tries = 0,
          provider_reference = coalesce($5, provider_reference)
    WHERE ${isLatestTry} AND status = 'PENDING'`,
);

const markSucceeded = statement(
  'RefundRepository.markSucceeded',
  `WITH changed AS (
     UPDATE refunds
        SET status = 'SUCCEEDED', failure_code = NULL, is_definite = false, provider_reference = $4, due_at = NULL,
            due_tries = 0, revision = revision + 1, updated_at = now()
      WHERE ${isLatestTry} AND status <> 'SUCCEEDED'
     RETURNING payment_id
   ), payment AS (${markPaymentRefunded}), deliveries AS (${insertDeliveries('$5', 'changed')})
   SELECT payment_id FROM changed`,
);

const markFailed = statement(
  'RefundRepository.markFailed',
  `WITH changed AS (
     UPDATE refunds
        SET status = 'FAILED', failure_code = $4, is_definite = $5, provider_reference = coalesce($6, provider_reference),
            due_at = NULL, due_tries = 0, revision = revision + 1, updated_at = now()
      WHERE ${isLatestTry} AND (status <> 'FAILED' OR ($5 AND NOT is_definite))
     RETURNING payment_id, payment_failure_code
   ), payment AS (${markPaymentNotRefunded}), deliveries AS (${insertDeliveries('$7', 'changed')})
   SELECT payment_id FROM changed`,
);

const retry = statement(
  'RefundRepository.retry',
  `UPDATE refunds
      SET status = 'PENDING', failure_code = NULL, is_definite = false, round_began_at = now(), tries = 0,
          due_at = now(), due_tries = 0, revision = revision + 1, updated_at = now(),
          round = CASE WHEN is_definite THEN round + 1 ELSE round END,
          provider_key = CASE WHEN is_definite
            THEN CASE WHEN round = 1 THEN provider_key ELSE regexp_replace(provider_key, ':[0-9]+$', '') END
                 || ':' || (round + 1)
            ELSE provider_key END,
          provider_reference = CASE WHEN is_definite THEN NULL ELSE provider_reference END
    WHERE payment_id = $1 AND status = 'FAILED'
   RETURNING payment_id`,
);

const settle = statement(
  'RefundRepository.settle',
  `WITH changed AS (
     UPDATE refunds
        SET status = 'SUCCEEDED', failure_code = NULL, is_definite = false, settled_at = now(), settled_reason = $3,
            revision = revision + 1, updated_at = now()
      WHERE payment_id = $1 AND revision = $2 AND status = 'FAILED' AND (is_definite OR $4)
     RETURNING payment_id
   ), payment AS (${markPaymentRefunded}), deliveries AS (${insertDeliveries('$5', 'changed')})
   SELECT payment_id FROM changed`,
);

/** The table `refunds`. The status of the payment and the event change in the same statement. */
export class RefundRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * False if the payment already has a refund.
   *
   * @param paymentFailureCode of a payment that was FAILED
   */
  insert(
    refund: Pick<Refund, 'paymentId' | 'providerKey' | 'traceparent'> & { paymentFailureCode: string | null },
  ): Promise<boolean> {
    const { paymentId, providerKey, paymentFailureCode, traceparent } = refund;
    const values = [paymentId, providerKey, paymentFailureCode, traceparent];
    return this.change('payment.refund_begun', insert, values);
  }

  async findByPaymentId(paymentId: string): Promise<Refund | null> {
    const [refund] = await this.findByPaymentIds([paymentId]);
    return refund ?? null;
  }

  findByPaymentIds(paymentIds: readonly string[]): Promise<Refund[]> {
    return query(this.dataSource, findByPaymentIds, [paymentIds]);
  }

  /** Before it is due; null if there is no refund or an operator has settled it. */
  async beginTry(paymentId: string): Promise<TriedRefund | null> {
    const [tried] = await commitStep<TriedRefund>(this.dataSource, 'payment.refund_tried', beginTry, [
      paymentId,
      tryLeaseMs,
    ]);
    return tried ?? null;
  }

  /** Has no effect if a later try has started. */
  async postpone(
    { paymentId, revision, tries }: TriedRefund,
    next: { pauseMs: number; reference: string | null },
  ): Promise<void> {
    const values = [paymentId, revision, tries, next.pauseMs, next.reference];
    await commitStep(this.dataSource, 'payment.refund_postponed', postpone, values);
  }

  /**
   * False if a later try has started or it has already succeeded.
   *
   * @param deliveries of its event
   */
  markSucceeded(
    { paymentId, revision, tries }: TriedRefund,
    { reference, deliveries }: { reference: string; deliveries: string },
  ): Promise<boolean> {
    const values = [paymentId, revision, tries, reference, deliveries];
    return this.change('payment.refunded', markSucceeded, values);
  }

  /**
   * False if a later try has started or this failure is already stored.
   *
   * @param deliveries of its event
   */
  markFailed(
    { paymentId, revision, tries }: TriedRefund,
    { failureCode, isDefinite, reference, deliveries }: RefundFailure & { deliveries: string },
  ): Promise<boolean> {
    const values = [paymentId, revision, tries, failureCode, isDefinite, reference, deliveries];
    return this.change('payment.refund_failed', markFailed, values);
  }

  /**
   * Makes a FAILED refund PENDING again, due now; false if it is not FAILED. After a definite
   * failure a new round with a new key begins. If the outcome is unknown, the key stays, so that a
   * refund that was made is found and not repeated.
   */
  retry(paymentId: string): Promise<boolean> {
    return this.change('payment.refund_retried', retry, [paymentId]);
  }

  /**
   * Settles a FAILED refund that an operator has paid by other means. False if it is not FAILED or
   * has changed since, or if its failure is not definite and `isUnconfirmed` is false.
   * @param deliveries of its event
   */
  settle(
    { paymentId, revision }: Pick<Refund, 'paymentId' | 'revision'>,
    { reason, isUnconfirmed, deliveries }: { reason: string; isUnconfirmed: boolean; deliveries: string },
  ): Promise<boolean> {
    const values = [paymentId, revision, reason, isUnconfirmed, deliveries];
    return this.change('payment.refund_settled', settle, values);
  }

  /** Oldest change first, with the fields that an operator needs. */
  listUnfinished(statuses: readonly RefundStatus[], limit: number): Promise<object[]> {
    return this.dataSource.query(
      `/* RefundRepository.listUnfinished */
       SELECT payment_id AS "paymentId", order_id AS "orderId", refunds.status, refunds.failure_code AS "failureCode",
              is_definite AS "isDefinite", provider, refunds.provider_key AS "providerKey",
              refunds.provider_reference AS "providerReference", amount_cents AS "amountCents", currency, round, tries,
              refunds.due_at AS "nextTryAt", refunds.updated_at AS "updatedAt"
       FROM refunds JOIN payments ON payments.id = payment_id
       WHERE refunds.status IN ('PENDING', 'FAILED') AND refunds.status = ANY ($1)
       ORDER BY refunds.updated_at LIMIT $2`,
      [statuses, limit],
    );
  }

  /** @returns whether a row was changed */
  private async change(step: string, sql: Statement, values: unknown[]): Promise<boolean> {
    const changed = await commitStep(this.dataSource, step, sql, values);
    return changed.length > 0;
  }
}
