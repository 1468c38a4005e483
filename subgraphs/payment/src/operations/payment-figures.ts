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
    },
    async read() {
      const { undecided, oldestSeconds, unprocessedWebhooks } = await countUndecidedPayments(dataSource);
      return {
        shop_payments_undecided: undecided,
        shop_payments_undecided_oldest_seconds: oldestSeconds ?? 0,
        shop_webhooks_unprocessed: unprocessedWebhooks,
      };
    },
  });
}
