import { databaseNames } from '@shop/local-stack/stack';
import { eventually } from '@shop/testkit/eventually';
import { Client } from 'pg';

/** Background work of the services. */
export interface WorkLeft {
  /**
   * Resolves when no row is due within `horizonSeconds`.
   *
   * @throws Error after a minute, with the tables that still have due rows
   */
  untilDone(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Longer than the lease of a row that is being handled, shorter than the time limit of an unpaid
 * order.
 */
const horizonSeconds = 60;
const timeoutMs = 60_000;

interface DueTable {
  name: string;
  column: string;
}

/** Tables with due rows: those with a column `due_at`; in an older baseline, graphile-worker's jobs. */
const findTables = `
  SELECT format('%I.%I', nspname, relname) AS name, attname AS column
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
   WHERE relkind = 'r' AND NOT attisdropped
     AND (attname = 'due_at' OR (nspname, relname, attname) = ('graphile_worker', '_private_jobs', 'run_at'))`;

/**
 * Keeps one connection per database open, so that each check adds only one transaction per database to
 * the counters.
 */
export async function watchWorkLeft(superuserUrl: string): Promise<WorkLeft> {
  const watched = await Promise.all(Object.values(databaseNames).map((name) => watch(superuserUrl, name)));
  return {
    untilDone: () =>
      eventually(
        async () => {
          const left = (await Promise.all(watched.map(({ leftNow }) => leftNow()))).flat();
          if (left.length > 0) throw new Error(`work is left: ${left.join(', ')}`);
        },
        { timeoutMs, intervalMs: 200 },
      ),
    close: async () => void (await Promise.all(watched.map(({ client }) => client.end()))),
  };
}

async function watch(superuserUrl: string, database: string) {
  const url = new URL(superuserUrl);
  url.pathname = `/${database}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  const { rows: tables } = await client.query<DueTable>(findTables);
  const countLeft =
    tables
      .map(
        ({ name, column }) =>
          `SELECT '${name}' AS name, count(*)::int AS rows FROM ${name}
            WHERE ${column} <= now() + interval '${horizonSeconds} s'`,
      )
      .join(' UNION ALL ') || "SELECT '' AS name, 0 AS rows";
  return {
    client,
    async leftNow(): Promise<string[]> {
      const { rows } = await client.query<{ name: string; rows: number }>(countLeft);
      return rows.filter((row) => row.rows > 0).map((row) => `${row.rows} in ${database}.${row.name}`);
    },
  };
}
