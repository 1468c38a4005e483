import { registerGauges } from '@shop/kit/metrics';
import type { DataSource } from 'typeorm';
import { countUndecidedOrders } from './undecided-orders.repository';

/** Orders that are not at rest, at /metrics. */
export function registerOrderMetrics(dataSource: DataSource): void {
  registerGauges({
    gauges: {
      shop_orders_undecided: 'Orders at work, or overdue.',
      shop_orders_undecided_oldest_seconds: 'Since the one that waits for longest has moved; 0 without one.',
    },
    async read() {
      const { undecided, oldestSeconds } = await countUndecidedOrders(dataSource);
      return { shop_orders_undecided: undecided, shop_orders_undecided_oldest_seconds: oldestSeconds ?? 0 };
    },
  });
}
