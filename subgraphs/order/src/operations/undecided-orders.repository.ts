import type { DataSource } from 'typeorm';

/** Orders that are at work since `since`, or overdue since then; their partial indexes hold no others. */
export const undecidedOrders = `
  SELECT id, moved_at AS since FROM orders WHERE step NOT IN ('AWAITING_PAYMENT', 'SETTLED', 'CLOSED')
  UNION ALL
  SELECT id, expires_at FROM orders WHERE step = 'AWAITING_PAYMENT' AND expires_at < now()`;

/** Orders that are at work, or overdue; the age is that of the one that has not moved for longest, null without one. */
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
