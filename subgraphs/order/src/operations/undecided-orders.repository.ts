import type { DataSource } from 'typeorm';

/** Orders in progress or overdue, and since when; their partial indexes contain no others. */
export const undecidedOrders = `
  SELECT id, moved_at AS since FROM orders WHERE step NOT IN ('AWAITING_PAYMENT', 'SETTLED', 'CLOSED')
  UNION ALL
  SELECT id, expires_at FROM orders WHERE step = 'AWAITING_PAYMENT' AND expires_at < now()`;

/** Number of orders in progress or overdue, and the age of the oldest one; null if there is none. */
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
