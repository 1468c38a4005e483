import { exposeGauges } from '@shop/kit/metrics';
import type { DataSource } from 'typeorm';
import { countUndecidedPayments } from './undecided-payments.repository';

/** What payment still has to find out, at /metrics. */
export function exposePaymentFigures(dataSource: DataSource): void {
  exposeGauges({
    gauges: {
      shop_payments_undecided: 'Payments whose outcome is not known.',
      shop_payments_undecided_oldest_seconds: 'Since the oldest of them was begun; 0 without one.',
      shop_webhooks_unprocessed: 'Webhooks that were stored and not processed.',
      shop_refunds_pending: 'Refunds that the provider has not confirmed.',
      shop_refunds_pending_oldest_seconds: 'Since the oldest of them was begun; 0 without one.',
      shop_refunds_failed: 'Failed refunds, which an operator must retry or settle.',
    },
    async read() {
      const counts = await countUndecidedPayments(dataSource);
      return {
        shop_payments_undecided: counts.undecided,
        shop_payments_undecided_oldest_seconds: counts.oldestSeconds ?? 0,
        shop_webhooks_unprocessed: counts.unprocessedWebhooks,
        shop_refunds_pending: counts.refundsPending,
        shop_refunds_pending_oldest_seconds: counts.oldestRefundSeconds ?? 0,
        shop_refunds_failed: counts.refundsFailed,
      };
    },
  });
}
