import type { DataSource } from 'typeorm';

/**
 * Orders in progress or overdue, and since when. The work of all of them is due within a minute, because no lease and no
 * pause is longer: so neither orders at rest nor most of those that wait for their payment are read.
 */
export const undecidedOrders = `
  SELECT id, CASE WHEN step = 'AWAITING_PAYMENT' THEN expires_at ELSE moved_at END AS since FROM orders
   WHERE due_at <= now() + interval '1 minute' AND (step <> 'AWAITING_PAYMENT' OR expires_at < now())`;

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
