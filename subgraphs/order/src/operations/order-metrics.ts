import { registerGauges } from '@shop/kit/metrics';
import type { DataSource } from 'typeorm';

/**
 * Orders in progress or overdue, and since when. All of them are due within a minute, because no
 * lease and no pause is longer. So the index excludes finished orders and most of those that wait
 * for a payment.
 */
export const undecidedOrders = `
  SELECT id, CASE WHEN step = 'AWAITING_PAYMENT' THEN expires_at ELSE moved_at END AS since FROM orders
   WHERE due_at <= now() + interval '1 minute' AND (step <> 'AWAITING_PAYMENT' OR expires_at < now())`;

/**
 * Number of orders in progress or overdue, and the age of the oldest one; null if there is none.
 */
export async function countUndecidedOrders(
  dataSource: DataSource,
): Promise<{ undecided: number; oldestSeconds: number | null }> {
  const [counts] = await dataSource.query<[{ undecided: number; oldestSeconds: number | null }]>(
    `/* UndecidedOrders.count */
     SELECT count(*)::int AS undecided, extract(epoch FROM now() - min(since))::float8 AS "oldestSeconds"
       FROM (${undecidedOrders}) AS undecided`,
  );
  return counts;
}

/** Registers the metrics of orders that are in progress or overdue. */
export function registerOrderMetrics(dataSource: DataSource): void {
  registerGauges({
    gauges: {
      shop_orders_undecided: 'Orders that are in progress or overdue.',
      shop_orders_undecided_oldest_seconds: 'Time since the oldest of them last changed; 0 if there is none.',
    },
    async read() {
      const { undecided, oldestSeconds } = await countUndecidedOrders(dataSource);
      return { shop_orders_undecided: undecided, shop_orders_undecided_oldest_seconds: oldestSeconds ?? 0 };
    },
  });
}
