import { insertDeliveries } from '@shop/events/outbox';
import {
  columnList,
  commitStep,
  query,
  type Statement,
  statement,
  type Transaction,
} from '@shop/kit/database';
import type { DueTable } from '@shop/kit/due-rows';
import type { DataSource } from 'typeorm';
import { Payment } from './payment.entity';

type NewPayment = Omit<Payment, 'providerReference' | 'visits' | 'dueAt' | 'createdAt' | 'updatedAt'>;

/** A payment of which only the provider has a record. */
export type RestoredPayment = Pick<
  Payment,
  | 'id'
  | 'orderId'
  | 'attempt'
  | 'userId'
  | 'amountCents'
  | 'currency'
  | 'provider'
  | 'providerKey'
  | 'createdAt'
> & { providerReference: string };

/** `hasRefund`: whether `refunds` has a row; undefined if that was not read. */
export type ReadPayment = Payment & { hasRefund?: boolean };

/** `ageMs`: time since the start of the attempt, by the database's clock. */
export type DuePayment = Payment & { ageMs: number };

/** The columns that a result of the provider sets. */
export type PaymentDecision = Pick<Payment, 'status' | 'sent' | 'failureCode' | 'providerReference'>;

/** The time of the next inquiry to an undecided payment. */
export interface NextInquiry {
  pauseMs: number;
  /** The latest age of the payment at the inquiry, in milliseconds; null: no limit. */
  atAgeMs: number | null;
}

/** Filter of `payments list`; null and false match every payment. */
interface PaymentFilter {
  isUndecided: boolean;
  provider: string | null;
  orderId: string | null;
}

/** Must equal `@listSize` of Order.payments. */
const maximumPerOrder = 10;

/** The negation of `isDecided`, for SQL that changes one payment by its ID. */
const isUndecided = `status IN ('PENDING', 'UNKNOWN', 'REQUIRES_ACTION')`;

/** The same for SQL that reads all of them with the index payments_due; a CHECK guarantees it. */
export const undecidedPayments = 'payments.due_at IS NOT NULL';

/** Longer than the provider calls of one inquiry. */
export const inquiryLeaseMs = 12_000;

/** Ensures that the payment has reached the age at the inquiry, although `created_at` is rounded. */
const roundingMs = 50;

const columns = columnList(Payment);

const ageMs = `(extract(epoch FROM now() - created_at) * 1000)::float8 AS "ageMs"`;

/** The claim increments `visits`, so that results of older inquiries are discarded. */
export const duePayments: Omit<DueTable, 'leaseMs'> = {
  table: 'payments',
  key: { id: 'uuid' },
  columns: `${columnList(Payment, { table: 'due_row' })}, ${ageMs}`,
  set: 'visits = due_row.visits + 1',
};

const read = `SELECT ${columns}, EXISTS (SELECT FROM refunds WHERE payment_id = payments.id) AS "hasRefund" FROM payments`;

const newestOf = (orderId: string) =>
  `${read} WHERE order_id = ${orderId} ORDER BY attempt DESC LIMIT ${maximumPerOrder}`;

const findById = statement('PaymentRepository.findById', `${read} WHERE id = $1`);

const findByIds = statement('PaymentRepository.findByIds', `${read} WHERE id = ANY ($1::uuid[])`);

/** For one order: PostgreSQL replans the statement for several on each call. */
const findByOrderId = statement('PaymentRepository.findByOrderId', newestOf('$1'));

const findByOrderIds = statement(
  'PaymentRepository.findByOrderIds',
  `SELECT newest.* FROM unnest($1::uuid[]) AS wanted (wanted_id)
    CROSS JOIN LATERAL (${newestOf('wanted_id')}) AS newest ORDER BY newest.attempt DESC`,
);

const findByAttempt = statement(
  'PaymentRepository.findByAttempt',
  `SELECT ${columns} FROM payments WHERE order_id = $1 AND attempt = $2`,
);

const findByProviderKey = statement(
  'PaymentRepository.findByProviderKey',
  `SELECT ${columns} FROM payments WHERE provider = $1 AND provider_key = $2`,
);

const findChargedByOrder = statement(
  'PaymentRepository.findChargedByOrder',
  `SELECT ${columns} FROM payments
    WHERE order_id = $1 AND status IN ('PENDING', 'UNKNOWN', 'REQUIRES_ACTION', 'SUCCEEDED', 'REFUNDED')
    ORDER BY status = 'REFUNDED', attempt DESC LIMIT 1`,
);

const open = statement(
  'PaymentRepository.open',
  `WITH opened AS (
     INSERT INTO payments (id, order_id, attempt, user_id, amount_cents, currency, payment_method, return_url, provider,
                           provider_key, status, sent, failure_code, traceparent, due_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, now() + $15 * interval '1 millisecond')
     ON CONFLICT DO NOTHING
     RETURNING ${columns}
   ), deliveries AS (${insertDeliveries('$16', 'opened')})
   SELECT * FROM opened`,
);

/**
 * An attempt of which only the provider has a record; it is due, so that the provider is inquired.
 * Nothing is inserted if the attempt exists or the order has another live payment.
 */
const insertRestored = statement(
  'PaymentRepository.insertRestored',
  `INSERT INTO payments (id, order_id, attempt, user_id, amount_cents, currency, provider, provider_key,
                         provider_reference, status, sent, created_at, due_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'UNKNOWN', true, $10, now())
   ON CONFLICT DO NOTHING
   RETURNING id`,
);

const beginInquiry = statement(
  'PaymentRepository.beginInquiry',
  `UPDATE payments SET visits = visits + 1, due_at = now() + $2 * interval '1 millisecond'
    WHERE id = $1 AND ${isUndecided}
   RETURNING ${columns}, ${ageMs}`,
);

const bringForward = statement(
  'PaymentRepository.bringForward',
  `UPDATE payments SET due_at = now() WHERE id = $1 AND ${isUndecided}`,
);

/**
 * least() ignores nulls: without a pause, due_at is null. An inquiry that ends has not failed, also if the
 * payment stays undecided.
 */
const decide = statement(
  'PaymentRepository.decide',
  `WITH decided AS (
     UPDATE payments
        SET status = $2, sent = $3, failure_code = $4, provider_reference = coalesce($5, provider_reference),
            return_url = CASE WHEN $7::float8 IS NULL THEN NULL ELSE return_url END,
            updated_at = CASE WHEN status = $2 THEN updated_at ELSE now() END,
            due_tries = 0,
            due_at = least(now() + $7::float8 * interval '1 millisecond',
                           CASE WHEN created_at + $8::float8 * interval '1 millisecond' > now()
                             THEN created_at + ($8::float8 + ${roundingMs}) * interval '1 millisecond' END)
      WHERE id = $1 AND ${isUndecided} AND ($6::integer IS NULL OR visits = $6)
     RETURNING ${columns}
   ), deliveries AS (${insertDeliveries('$9', 'decided')})
   SELECT * FROM decided`,
);

/** The table `payments`. Without a transaction argument, each statement commits by itself. */
export class PaymentRepository {
  constructor(private readonly dataSource: DataSource) {}

  findByIds(ids: readonly string[]): Promise<ReadPayment[]> {
    return ids.length === 1
      ? query(this.dataSource, findById, ids)
      : query(this.dataSource, findByIds, [ids]);
  }

  /** Newest first, at most 10 per order. */
  findByOrderIds(orderIds: readonly string[]): Promise<ReadPayment[]> {
    return orderIds.length === 1
      ? query(this.dataSource, findByOrderId, orderIds)
      : query(this.dataSource, findByOrderIds, [orderIds]);
  }

  findById(id: string, where?: Transaction): Promise<Payment | null> {
    return this.findOne(findById, [id], where);
  }

  findByAttempt(orderId: string, attempt: number): Promise<Payment | null> {
    return this.findOne(findByAttempt, [orderId, attempt]);
  }

  findByProviderKey(provider: string, providerKey: string): Promise<Payment | null> {
    return this.findOne(findByProviderKey, [provider, providerKey]);
  }

  /** The payment that was or may be charged. Live payments take precedence over refunded ones. */
  findChargedByOrder(orderId: string): Promise<Payment | null> {
    return this.findOne(findChargedByOrder, [orderId]);
  }

  /** Newest first, with the fields that an operator needs. */
  list(filter: PaymentFilter, limit: number): Promise<object[]> {
    const { isUndecided, provider, orderId } = filter;
    return this.dataSource.query(
      `/* PaymentRepository.list */
       SELECT id AS "paymentId", order_id AS "orderId", attempt, status, amount_cents AS "amountCents", currency, provider,
              failure_code AS "failureCode", visits, extract(epoch FROM now() - created_at)::float8 AS "ageSeconds"
       FROM payments
       WHERE ${isUndecided ? undecidedPayments : 'true'}
         AND ($1::text IS NULL OR provider = $1) AND ($2::uuid IS NULL OR order_id = $2)
       ORDER BY created_at DESC, id DESC LIMIT $3`,
      [provider, orderId, limit],
    );
  }

  /**
   * Stores an attempt with its event. Null if the attempt exists or the order has another live
   * payment. Without a conflict target, because the row can violate two unique indexes.
   *
   * @param firstInquiryMs delay of the first inquiry; null if the attempt is decided
   * @param deliveries of its event
   */
  async open(
    payment: NewPayment,
    { firstInquiryMs, deliveries }: { firstInquiryMs: number | null; deliveries: string },
  ): Promise<Payment | null> {
    const values = [
      ...[
        payment.id,
        payment.orderId,
        payment.attempt,
        payment.userId,
        payment.amountCents,
        payment.currency,
      ],
      ...[payment.paymentMethod, payment.returnUrl, payment.provider, payment.providerKey, payment.status],
      ...[payment.sent, payment.failureCode, payment.traceparent, firstInquiryMs, deliveries],
    ];
    const [opened] = await commitStep<Payment>(this.dataSource, 'payment.attempt_opened', open, values);
    return opened ?? null;
  }

  /** Inserts an attempt that only the provider knows. @returns false if that is not possible */
  async insertRestored(payment: RestoredPayment): Promise<boolean> {
    const { id, orderId, attempt, userId, amountCents, currency, provider } = payment;
    const { providerKey, providerReference, createdAt } = payment;
    const inserted = await query(this.dataSource, insertRestored, [
      ...[id, orderId, attempt, userId, amountCents, currency, provider],
      ...[providerKey, providerReference, createdAt],
    ]);
    return inserted.length > 0;
  }

  /** Begins an inquiry before the payment is due; null if the payment is decided. */
  async beginInquiry(id: string): Promise<DuePayment | null> {
    const [payment] = await commitStep<DuePayment>(this.dataSource, 'payment.visit_begun', beginInquiry, [
      id,
      inquiryLeaseMs,
    ]);
    return payment ?? null;
  }

  /** Makes an undecided payment due now. */
  async bringForward(id: string): Promise<void> {
    await query(this.dataSource, bringForward, [id]);
  }

  /**
   * Stores the result of an undecided payment with its event, and removes the return URL of a
   * decided one. Null if the payment is already decided, or if `visits` is set and another inquiry
   * has started.
   *
   * @param next null if the payment is decided
   */
  async decide(
    id: string,
    decision: PaymentDecision,
    follow: { visits: number | null; next: NextInquiry | null; deliveries: string },
    transaction?: Transaction,
  ): Promise<Payment | null> {
    const { status, sent, failureCode, providerReference } = decision;
    const { visits, next, deliveries } = follow;
    const values = [
      ...[id, status, sent, failureCode, providerReference, visits],
      ...[next?.pauseMs ?? null, next?.atAgeMs ?? null, deliveries],
    ];
    const [decided] = await (transaction
      ? query<Payment>(transaction, decide, values)
      : commitStep<Payment>(this.dataSource, 'payment.attempt_decided', decide, values));
    return decided ?? null;
  }

  private async findOne(
    sql: Statement,
    values: readonly unknown[],
    where: DataSource | Transaction = this.dataSource,
  ): Promise<Payment | null> {
    const [payment] = await query<Payment>(where, sql, values);
    return payment ?? null;
  }
}
