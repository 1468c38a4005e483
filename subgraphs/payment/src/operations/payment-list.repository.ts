import type { DataSource } from 'typeorm';
import { undecidedPayments } from '../payment/payment.repository';

/** Filter of `payments list`; omitted fields match every payment. */
export interface PaymentFilter {
  isUndecided?: true;
  provider?: string;
  orderId?: string;
}

/** Newest first, at most `limit`, with the fields that an operator needs. */
export function listPayments(
  dataSource: DataSource,
  filter: PaymentFilter,
  limit: number,
): Promise<object[]> {
  const conditions = [
    ...(filter.isUndecided ? [undecidedPayments] : []),
    '($1::text IS NULL OR provider = $1) AND ($2::uuid IS NULL OR order_id = $2)',
  ];
  return dataSource.query(
    `/* PaymentList.list */
     SELECT id AS "paymentId", order_id AS "orderId", attempt, status, amount_cents AS "amountCents", currency, provider,
            failure_code AS "failureCode", visits, extract(epoch FROM now() - created_at)::float8 AS "ageSeconds"
     FROM payments WHERE ${conditions.join(' AND ')} ORDER BY created_at DESC, id DESC LIMIT $3`,
    [filter.provider ?? null, filter.orderId ?? null, limit],
  );
}
