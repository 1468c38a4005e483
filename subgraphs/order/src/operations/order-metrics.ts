import { defineGauges, registerGauges } from '@shop/kit/metrics';
import type { DataSource } from 'typeorm';
import { countUndecidedOrders } from './order-state.repository';

const gauges = defineGauges({
  reader: 'undecided_orders',
  gauges: {
    shop_orders_undecided: 'Orders that are in progress or overdue.',
    shop_orders_undecided_oldest_seconds: 'Time since the oldest of them last changed; 0 if there is none.',
  },
});

/** Registers the metrics of orders that are in progress or overdue. */
export function registerOrderMetrics(dataSource: DataSource): void {
  registerGauges({
    ...gauges,
    async read() {
      const { undecided, oldestSeconds } = await countUndecidedOrders(dataSource);
      return { shop_orders_undecided: undecided, shop_orders_undecided_oldest_seconds: oldestSeconds ?? 0 };
    },
  });
}
