import type { DataSource } from 'typeorm';
import { undecidedPayments } from '../payment/payment.repository';
import { pendingRefunds } from '../refund/refund.repository';
import { unprocessedWebhooks } from '../webhooks/webhook.repository';

/** What payment still has to find out; ages are those of the oldest, null without one. */
export interface UndecidedPayments {
  undecided: number;
  oldestSeconds: number | null;
  unprocessedWebhooks: number;
  refundsPending: number;
  oldestRefundSeconds: number | null;
  refundsFailed: number;
}

export async function countUndecidedPayments(dataSource: DataSource): Promise<UndecidedPayments> {
  const [counts] = await dataSource.query<[UndecidedPayments]>(
    `/* UndecidedPayments.count */
     SELECT count(*)::int AS undecided, extract(epoch FROM now() - min(created_at))::float8 AS "oldestSeconds",
            (SELECT count(*)::int FROM webhooks WHERE ${unprocessedWebhooks}) AS "unprocessedWebhooks",
            (SELECT count(*)::int FROM refunds WHERE ${pendingRefunds}) AS "refundsPending",
            (SELECT extract(epoch FROM now() - min(created_at))::float8 FROM refunds WHERE ${pendingRefunds})
              AS "oldestRefundSeconds",
            (SELECT count(*)::int FROM refunds WHERE status = 'FAILED') AS "refundsFailed"
       FROM payments WHERE ${undecidedPayments}`,
  );
  return counts;
}
