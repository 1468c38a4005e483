import type { Snapshot } from '@shop/kit/operator';
import type { PaymentStatus } from '../payment/payment.entity';

/** An attempt to pay, as it is checked against the order and the provider. Times are milliseconds since 1970. */
export interface PaymentFact {
  kind: 'payment';
  orderId: string;
  paymentId: string;
  status: PaymentStatus;
  amountCents: number;
  currency: string;
  provider: string;
  createdAtMs: number;
  /** Since when its status, or that of its refund, is what it is. */
  sinceMs: number;
  /** Null: none was begun. */
  refund: 'PENDING' | 'SUCCEEDED' | null;
}

/** Every payment, by order. */
export function paymentFacts(snapshot: Snapshot): AsyncGenerator<PaymentFact> {
  return snapshot.rows<PaymentFact>(
    `/* PaymentFacts.payments */
     SELECT 'payment' AS kind, order_id AS "orderId", payments.id AS "paymentId", payments.status,
            amount_cents::float8 AS "amountCents", currency, provider, refunds.status AS refund,
            (extract(epoch FROM payments.created_at) * 1000)::float8 AS "createdAtMs",
            (extract(epoch FROM greatest(payments.updated_at, refunds.updated_at)) * 1000)::float8 AS "sinceMs"
       FROM payments LEFT JOIN refunds ON refunds.payment_id = payments.id
      ORDER BY order_id, attempt`,
  );
}
