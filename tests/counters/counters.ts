import { databaseNames, recordOf, type SubgraphName, subgraphNames } from '@shop/local-stack/stack';
import type { Client } from 'pg';

/**
 * One statement of a service, normalized: constants are parameters. PostgreSQL 18 drops leading
 * comments.
 */
export interface StatementCount {
  text: string;
  calls: number;
  /** Of these calls; 0 for a read. */
  walBytes: number;
}

export interface DatabaseCounts {
  /** As sent by the service, most frequent first; not those inside functions. */
  statements: StatementCount[];
  /** The same for the payment simulator's own tables. */
  simulatorStatements: StatementCount[];
  /** NOTIFY and pg_notify, also inside functions. */
  notifies: number;
  /**
   * Committed transactions of the service, those that only read included, the simulator's excluded.
   */
  commits: number;
  sessions: number;
}

export interface Counts {
  databases: Readonly<Record<SubgraphName, DatabaseCounts>>;
  /** Transactions of the whole server that wrote something, the simulator's included. */
  writingTransactions: number;
  walRecords: number;
  walBytes: number;
  walSyncs: number;
}

export interface Counters {
  statements: ReadonlyMap<string, StatementRow>;
  databases: ReadonlyMap<string, { commits: number; sessions: number }>;
  server: Omit<Counts, 'databases'>;
}

interface StatementRow {
  database: string;
  isService: boolean;
  isTopLevel: boolean;
  text: string;
  calls: number;
  walBytes: number;
}

export async function readCounters(client: Client): Promise<Counters> {
  const { rows: statements } = await client.query<StatementRow & { key: string }>(
    `SELECT concat_ws(':', dbid, userid, queryid, toplevel) AS key, datname AS database,
            rolname = datname AS "isService", toplevel AS "isTopLevel", query AS text,
            calls::float8 AS calls, wal_bytes::float8 AS "walBytes"
       FROM pg_stat_statements
       JOIN pg_database ON pg_database.oid = dbid JOIN pg_roles ON pg_roles.oid = userid`,
  );
  const { rows: databases } = await client.query<{ name: string; commits: number; sessions: number }>(
    `SELECT datname AS name, xact_commit::float8 AS commits, sessions::float8 AS sessions
       FROM pg_stat_database WHERE datname IS NOT NULL`,
  );
  const { rows: server } = await client.query<Counters['server']>(
    `SELECT pg_snapshot_xmax(pg_current_snapshot())::text::float8 AS "writingTransactions",
            wal_records::float8 AS "walRecords", wal_bytes::float8 AS "walBytes",
            (SELECT sum(fsyncs)::float8 FROM pg_stat_io WHERE object = 'wal') AS "walSyncs"
       FROM pg_stat_wal`,
  );
  return {
    statements: new Map(statements.map((row) => [row.key, row])),
    databases: new Map(databases.map((row) => [row.name, row])),
    server: server[0] as Counters['server'],
  };
}

/** What the services did between two readings; exact after `untilFlushed`. */
export function countsBetween(before: Counters, after: Counters): Counts {
  const rows = [...after.statements].map(([key, row]) => {
    const earlier = before.statements.get(key);
    return {
      ...row,
      calls: row.calls - (earlier?.calls ?? 0),
      walBytes: row.walBytes - (earlier?.walBytes ?? 0),
    };
  });
  const { server } = after;
  const since = (name: keyof typeof server) => server[name] - before.server[name];
  return {
    databases: recordOf(subgraphNames, (name) => {
      const database = databaseNames[name];
      const change = (counter: 'commits' | 'sessions') =>
        (after.databases.get(database)?.[counter] ?? 0) - (before.databases.get(database)?.[counter] ?? 0);
      return toCounts(
        rows.filter((row) => row.database === database && row.calls > 0),
        { commits: change('commits'), sessions: change('sessions') },
      );
    }),
    writingTransactions: since('writingTransactions'),
    walRecords: since('walRecords'),
    walBytes: since('walBytes'),
    walSyncs: since('walSyncs'),
  };
}

export const callsOf = (statements: readonly StatementCount[]): number =>
  statements.reduce((sum, { calls }) => sum + calls, 0);

const ofSimulator = /\bsimulator\./;
const notify = /\bpg_notify\b|^\s*NOTIFY\b/i;

function toCounts(
  rows: readonly StatementRow[],
  { commits, sessions }: { commits: number; sessions: number },
): DatabaseCounts {
  const sent = rows.filter(({ isTopLevel }) => isTopLevel);
  const byCalls = (found: readonly StatementRow[]) =>
    found
      .map(({ text, calls, walBytes }) => ({ text, calls, walBytes }))
      .sort((one, other) => other.calls - one.calls);
  const statements = sent.filter(({ isService, text }) => isService && !ofSimulator.test(text));
  const simulatorStatements = sent.filter(({ isService, text }) => isService && ofSimulator.test(text));
  const byOthers = sent.filter(({ isService }) => !isService);
  return {
    statements: byCalls(statements),
    simulatorStatements: byCalls(simulatorStatements),
    notifies: callsOf(rows.filter(({ isService, text }) => isService && notify.test(text))),
    // A connection's start is a transaction; each statement of the simulator or of this client is one, too.
    commits: commits - sessions - callsOf(simulatorStatements) - callsOf(byOthers),
    sessions,
  };
}
