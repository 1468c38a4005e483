import { defineGauges, registerGauges } from '@shop/kit/metrics';
import type { DataSource } from 'typeorm';
import { undecidedPayments } from '../payment/payment.repository';
import { pendingRefunds } from '../refund/refund.repository';
import { unprocessedWebhooks } from '../webhooks/webhook.repository';

const oldestSeconds = 'coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8';

/** The metrics of undecided payments, refunds and webhooks. */
const undecidedGauges = {
  shop_payments_requires_action: 'Payments that wait for the customer to authenticate.',
  shop_payments_undecided: 'Payments whose outcome is not known.',
  shop_payments_undecided_oldest_seconds: 'Age of the oldest of them; 0 if there is none.',
  shop_webhooks_unprocessed: 'Webhooks that were stored and not processed yet.',
  shop_refunds_pending: 'Refunds that the provider has not confirmed.',
  shop_refunds_pending_oldest_seconds: 'Age of the oldest of them; 0 if there is none.',
  shop_refunds_failed: 'Failed refunds, which an operator must retry or settle.',
};

const definitions = defineGauges({ reader: 'undecided_payments', gauges: undecidedGauges });

type UndecidedCounts = Record<keyof typeof undecidedGauges, number>;

export async function countUndecidedPayments(dataSource: DataSource): Promise<UndecidedCounts> {
  const [counts] = await dataSource.query<[UndecidedCounts]>(
    `/* UndecidedPayments.count */
     SELECT count(*)::int AS shop_payments_undecided,
            count(*) FILTER (WHERE status = 'REQUIRES_ACTION')::int AS shop_payments_requires_action,
            ${oldestSeconds} AS shop_payments_undecided_oldest_seconds,
            (SELECT count(*)::int FROM webhooks WHERE ${unprocessedWebhooks}) AS shop_webhooks_unprocessed,
            (SELECT count(*)::int FROM refunds WHERE ${pendingRefunds}) AS shop_refunds_pending,
            (SELECT ${oldestSeconds} FROM refunds WHERE ${pendingRefunds}) AS shop_refunds_pending_oldest_seconds,
            (SELECT count(*)::int FROM refunds WHERE status = 'FAILED') AS shop_refunds_failed
       FROM payments WHERE ${undecidedPayments}`,
  );
  return counts;
}

/** Registers the metrics of undecided payments, refunds and webhooks. */
export function registerPaymentMetrics(dataSource: DataSource): void {
  registerGauges({ ...definitions, read: () => countUndecidedPayments(dataSource) });
}
