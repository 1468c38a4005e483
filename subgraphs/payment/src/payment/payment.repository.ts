import type { Transaction } from '@shop/kit/database';
import { Any, type DataSource } from 'typeorm';
import { Payment } from './payment.entity';

export type NewPayment = Pick<
  Payment,
  | 'orderId'
  | 'attempt'
  | 'userId'
  | 'amountCents'
  | 'currency'
  | 'paymentMethod'
  | 'returnUrl'
  | 'provider'
  | 'providerKey'
>;

/** `ageMs`: since the attempt began, by the database's clock. */
export type VisitedPayment = Payment & { ageMs: number };

/** A status with what goes with it. */
export type PaymentVerdict = Pick<Payment, 'status' | 'sent' | 'failureCode' | 'providerReference'>;

const columns = `id, order_id AS "orderId", attempt, user_id AS "userId", amount_cents AS "amountCents", currency,
  payment_method AS "paymentMethod", return_url AS "returnUrl", status, sent, provider, provider_key AS "providerKey",
  provider_reference AS "providerReference", failure_code AS "failureCode", visits, created_at AS "createdAt",
  updated_at AS "updatedAt"`;

/** Must equal `@listSize` of Order.payments. */
const maximumPerOrder = 10;

/** The negation of `isDecided` in `charge/finding.ts`, for SQL; the condition of the index payments_undecided. */
export const isUndecided = `status IN ('PENDING', 'UNKNOWN', 'REQUIRES_ACTION')`;

const ageMs = `(extract(epoch FROM now() - created_at) * 1000)::float8 AS "ageMs"`;

/** The table `payments`. Methods run on their own unless they are given a transaction. */
export class PaymentRepository {
  constructor(private readonly dataSource: DataSource) {}

  findByIds(ids: readonly string[]): Promise<Payment[]> {
    return this.dataSource.manager.find(Payment, {
      where: { id: Any(ids) },
      comment: 'PaymentRepository.findByIds',
    });
  }

  /** Newest first, at most 10 per order. */
  findByOrderIds(orderIds: readonly string[]): Promise<Payment[]> {
    return this.dataSource.query<Payment[]>(
      `/* PaymentRepository.findByOrderIds */
       SELECT ${columns}
       FROM unnest($1::uuid[]) AS wanted (wanted_id)
       CROSS JOIN LATERAL (
         SELECT * FROM payments WHERE order_id = wanted_id ORDER BY attempt DESC LIMIT ${maximumPerOrder}
       ) AS newest
       ORDER BY attempt DESC`,
      [orderIds],
    );
  }

  findById(id: string, transaction: Transaction = this.dataSource.manager): Promise<Payment | null> {
    return transaction.findOne(Payment, { where: { id }, comment: 'PaymentRepository.findById' });
  }

  findByAttempt(transaction: Transaction, orderId: string, attempt: number): Promise<Payment | null> {
    return transaction.findOne(Payment, {
      where: { orderId, attempt },
      comment: 'PaymentRepository.findByAttempt',
    });
  }

  findByProviderKey(provider: string, providerKey: string): Promise<Payment | null> {
    return this.dataSource.manager.findOne(Payment, {
      where: { provider, providerKey },
      comment: 'PaymentRepository.findByProviderKey',
    });
  }

  /** The payment of an order that is charged, was charged or may be; what is live comes before what was given back. */
  async findChargedByOrder(transaction: Transaction, orderId: string): Promise<Payment | null> {
    const [payment] = await transaction.query<Payment[]>(
      `/* PaymentRepository.findChargedByOrder */
       SELECT ${columns} FROM payments
       WHERE order_id = $1 AND status IN ('PENDING', 'UNKNOWN', 'REQUIRES_ACTION', 'SUCCEEDED', 'REFUNDED')
       ORDER BY status = 'REFUNDED', attempt DESC LIMIT 1`,
      [orderId],
    );
    return payment ?? null;
  }

  /**
   * Null when the order has this attempt already or another live payment. No conflict target is named, because two of the
   * unique indexes can refuse the same row and either may be the first.
   */
  async insert(
    transaction: Transaction,
    payment: NewPayment & Pick<Payment, 'status' | 'sent' | 'failureCode'>,
  ): Promise<Payment | null> {
    const [inserted] = await transaction.query<Payment[]>(
      `/* PaymentRepository.insert */
       INSERT INTO payments (order_id, attempt, user_id, amount_cents, currency, payment_method, provider, provider_key,
                             status, sent, failure_code, return_url)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       ON CONFLICT DO NOTHING
       RETURNING ${columns}`,
      [
        payment.orderId,
        payment.attempt,
        payment.userId,
        payment.amountCents,
        payment.currency,
        payment.paymentMethod,
        payment.provider,
        payment.providerKey,
        payment.status,
        payment.sent,
        payment.failureCode,
        payment.returnUrl,
      ],
    );
    return inserted ?? null;
  }

  /** Counts a visit of the settlement; null when there is nothing left to settle. */
  async beginVisit(transaction: Transaction, id: string): Promise<VisitedPayment | null> {
    const [visited] = await transaction.query<VisitedPayment[]>(
      `/* PaymentRepository.beginVisit */
       WITH visited AS (
         UPDATE payments SET visits = visits + 1 WHERE id = $1 AND ${isUndecided} RETURNING *
       )
       SELECT ${columns}, ${ageMs} FROM visited`,
      [id],
    );
    return visited ?? null;
  }

  /**
   * Stores the outcome of an undecided payment; null if it is already decided, or if `visits` is given and the settlement
   * has called the provider since. Also removes the return URL, which only an undecided payment needs.
   */
  async judge(
    transaction: Transaction,
    id: string,
    verdict: PaymentVerdict,
    visits: number | null = null,
  ): Promise<VisitedPayment | null> {
    const [judged] = await transaction.query<VisitedPayment[]>(
      `/* PaymentRepository.judge */
       WITH judged AS (
         UPDATE payments
         SET status = $2, sent = $3, failure_code = $4, provider_reference = coalesce($5, provider_reference),
             return_url = CASE WHEN $2 IN ('SUCCEEDED', 'FAILED') THEN NULL ELSE return_url END,
             updated_at = CASE WHEN status = $2 THEN updated_at ELSE now() END
         WHERE id = $1 AND ${isUndecided} AND ($6::integer IS NULL OR visits = $6)
         RETURNING *
       )
       SELECT ${columns}, ${ageMs} FROM judged`,
      [id, verdict.status, verdict.sent, verdict.failureCode, verdict.providerReference, visits],
    );
    return judged ?? null;
  }

  /** From SUCCEEDED, or from FAILED where the provider has charged nevertheless. */
  async markRefunded(transaction: Transaction, id: string): Promise<void> {
    await transaction.query(
      `/* PaymentRepository.markRefunded */
       UPDATE payments SET status = 'REFUNDED', sent = true, failure_code = NULL, updated_at = now()
       WHERE id = $1 AND status IN ('SUCCEEDED', 'FAILED')`,
      [id],
    );
  }

  /** After a succeeded refund has failed: restores the status that the payment had when the refund was requested. */
  async markNotRefunded(transaction: Transaction, id: string): Promise<void> {
    await transaction.query(
      `/* PaymentRepository.markNotRefunded */
       UPDATE payments
       SET status = CASE WHEN payment_failure_code IS NULL THEN 'SUCCEEDED' ELSE 'FAILED' END,
           failure_code = payment_failure_code, updated_at = now()
       FROM refunds WHERE payment_id = payments.id AND payments.id = $1 AND payments.status = 'REFUNDED'`,
      [id],
    );
  }
}
