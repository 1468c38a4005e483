import { type FactScope, scopeParameters, type Snapshot, wantedOrders } from '@shop/kit/operator';
import type { PaymentStatus } from '../payment/payment.entity';
import type { RefundStatus } from '../refund/refund.entity';
import { pendingRefunds } from '../refund/refund.repository';
import { undecidedPayments } from '../payment/payment.repository';

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
  refund: RefundFact | null;
}

export interface RefundFact {
  status: RefundStatus;
  failureCode: string | null;
  /** FAILED by a definite answer of the provider. */
  isDefinite: boolean;
  /** By an operator, not by the provider. */
  isSettled: boolean;
  /** Of a PENDING refund. */
  nextTryAtMs: number | null;
}

/** Payments, sorted by order. */
export function paymentFacts(snapshot: Snapshot, scope: FactScope): AsyncGenerator<PaymentFact> {
  return snapshot.rows<PaymentFact>(
    `/* PaymentFacts.payments */
     SELECT 'payment' AS kind, order_id AS "orderId", payments.id AS "paymentId", payments.status,
            amount_cents::float8 AS "amountCents", currency, provider,
            CASE WHEN payment_id IS NOT NULL THEN jsonb_build_object(
              'status', refunds.status, 'failureCode', refunds.failure_code, 'isDefinite', is_definite,
              'isSettled', settled_at IS NOT NULL,
              'nextTryAtMs', (extract(epoch FROM refunds.due_at) * 1000)::float8) END AS refund,
            (extract(epoch FROM payments.created_at) * 1000)::float8 AS "createdAtMs",
            (extract(epoch FROM greatest(payments.updated_at, refunds.updated_at)) * 1000)::float8 AS "sinceMs"
       FROM payments LEFT JOIN refunds ON refunds.payment_id = payments.id
      WHERE ${wantedOrders('order_id')}
      ORDER BY order_id, attempt`,
    scopeParameters(scope),
  );
}

/** Orders whose payment or refund is unfinished or has changed since; may contain duplicates. */
export function changedPayments(snapshot: Snapshot, since: Date): AsyncGenerator<{ orderId: string }> {
  return snapshot.rows<{ orderId: string }>(
    `/* PaymentFacts.changed */
     SELECT 'changed' AS kind, order_id AS "orderId" FROM payments WHERE ${undecidedPayments}
     UNION ALL
     SELECT 'changed', order_id FROM payments WHERE updated_at >= $1
     UNION ALL
     SELECT 'changed', order_id
       FROM (SELECT payment_id FROM refunds WHERE ${pendingRefunds}
             UNION ALL
             SELECT payment_id FROM refunds WHERE status = 'FAILED'
             UNION ALL
             SELECT payment_id FROM refunds WHERE updated_at >= $1) AS changed
       JOIN payments ON payments.id = payment_id`,
    [since],
  );
}
