import { withClient } from '@shop/local-stack/postgres';
import { eventually } from './eventually';

/**
 * Checks that `change`, which changes both rows, locks `first` before it waits for `second`.
 *
 * @param rows SQL conditions. A scan of the table must find `second` first: otherwise a statement
 * without an order would pass.
 * @returns what `change` returns
 */
export function expectLockOrder<Result>(
  databaseUrl: string,
  rows: { table: string; first: string; second: string },
  change: () => Promise<Result>,
): Promise<Result> {
  return withClient(databaseUrl, async (holder) => {
    await holder.query('BEGIN');
    await holder.query(`SELECT FROM ${rows.table} WHERE ${rows.second} FOR UPDATE`);
    const changed = change();
    try {
      await eventually(async () => {
        const waiting = await holder.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        expect(waiting.rowCount).toBe(1);
      });
      const free = await holder.query(`SELECT FROM ${rows.table} WHERE ${rows.first} FOR UPDATE SKIP LOCKED`);
      expect(free.rowCount).toBe(0);
    } finally {
      await holder.query('ROLLBACK');
    }
    return changed;
  });
}
