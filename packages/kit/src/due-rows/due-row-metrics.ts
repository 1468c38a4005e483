import type { DataSource } from 'typeorm';
import { query } from '../database';
import { counter, defineGauges, registerGauges } from '../metrics';
import { countStatement, type DueTable, failingTries } from './due-table';

const claimed = counter({
  name: 'shop_due_rows_claimed_total',
  help: 'Rows with due work that this process has claimed.',
  labels: { work: 'names of background work' },
});

const gauges = defineGauges({
  reader: 'due_rows',
  gauges: {
    shop_due_rows: 'Rows whose work is due and not claimed.',
    shop_due_rows_oldest_seconds: 'Seconds for which the oldest due row has been due; 0 if none is due.',
    shop_due_rows_failing: `Rows whose work has been tried more than ${failingTries} times.`,
  },
  label: 'work',
  labelValues: 'names of background work',
});

/**
 * All work of this process by name. A name that is registered again replaces the first, for a
 * service that is restarted in one process.
 */
const tables = new Map<string, { table: DueTable; dataSource: DataSource }>();

/** Registers the metrics of one kind of work. @returns a function that counts claimed rows */
export function registerDueRowMetrics(
  name: string,
  table: DueTable,
  dataSource: DataSource,
): (rows: number) => void {
  tables.set(name, { table, dataSource });
  registerGauges({ ...gauges, read: readAll });
  return (rows) => claimed.inc({ work: name }, rows);
}

async function readAll() {
  const due: Record<string, number> = {};
  const oldest: Record<string, number> = {};
  const failing: Record<string, number> = {};
  for (const [name, { table, dataSource }] of tables) {
    if (!dataSource.isInitialized) continue;
    const [counts] = await query<{ due: number; oldestSeconds: number | null; failing: number }>(
      dataSource,
      countStatement(name, table),
    );
    due[name] = counts?.due ?? 0;
    oldest[name] = counts?.oldestSeconds ?? 0;
    failing[name] = counts?.failing ?? 0;
  }
  return { shop_due_rows: due, shop_due_rows_oldest_seconds: oldest, shop_due_rows_failing: failing };
}
