import { join } from 'node:path';
import { startEmbeddedPostgres, withClient } from '@shop/local-stack/postgres';
import { databaseNames, recordOf, type SubgraphName, subgraphNames } from '@shop/local-stack/stack';
import { eventually } from '@shop/testkit/eventually';
import type { Client } from 'pg';
import { type Counters, readCounters } from './counters';
import { type WorkLeft, watchWorkLeft } from './work-left';

/** The embedded PostgreSQL with pg_stat_statements, which requires a restart. */
export interface CountedPostgres {
  readonly pid: number;
  readonly databaseUrls: Readonly<Record<SubgraphName, string>>;
  readonly superuserUrl: string;
  /** Since the server's start; statements of the four services only. */
  read(): Promise<Counters>;
  /**
   * Resolves when all backends of the services have flushed their statistics: those of an
   * idle backend are up to date after 10 s.
   */
  untilFlushed(): Promise<void>;
  /** Call it after the migrations. */
  watchWorkLeft(): Promise<WorkLeft>;
  stop(): Promise<void>;
}

export interface CountedPostgresOptions {
  directory: string;
  /** False: without fsync, for tests. Default true. */
  isDurable?: boolean;
  /** More server settings, set by ALTER SYSTEM. */
  settings?: Readonly<Record<string, string>>;
}

/** PGSTAT_IDLE_INTERVAL (10 s), and the time of the flush. */
const flushedAfterSeconds = 10.3;

function untilFlushed(client: Client): Promise<void> {
  return eventually(
    async () => {
      const { rows } = await client.query<{ busy: number }>(
        `SELECT count(*)::int AS busy FROM pg_stat_activity
          WHERE backend_type = 'client backend' AND datname <> 'postgres'
            AND (state <> 'idle' OR state_change > clock_timestamp() - $1 * interval '1 second')`,
        [flushedAfterSeconds],
      );
      if (rows[0]?.busy !== 0)
        throw new Error(`${rows[0]?.busy} connections were active in the last ${flushedAfterSeconds} s`);
    },
    { timeoutMs: 30_000, intervalMs: 100 },
  );
}

export async function startCountedPostgres(options: CountedPostgresOptions): Promise<CountedPostgres> {
  const { directory, isDurable = true, settings = {} } = options;
  const postgres = await startEmbeddedPostgres({
    directory: join(directory, 'postgres'),
    databases: Object.values(databaseNames),
    logFile: join(directory, 'logs', 'postgres.log'),
    isDurable,
  });
  try {
    await withClient(postgres.superuserUrl, async (client) => {
      const all = { shared_preload_libraries: 'pg_stat_statements', ...settings };
      for (const [name, value] of Object.entries(all))
        await client.query(
          `ALTER SYSTEM SET ${client.escapeIdentifier(name)} = ${client.escapeLiteral(value)}`,
        );
    });
    await postgres.stop();
    await postgres.restart();
    await withClient(postgres.superuserUrl, async (client) => {
      await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
      // Statements inside functions too: a NOTIFY may be sent by one.
      await client.query("ALTER SYSTEM SET pg_stat_statements.track = 'all'");
      await client.query('SELECT pg_reload_conf()');
    });
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  const { superuserUrl } = postgres;
  return {
    superuserUrl,
    get pid() {
      return postgres.postmaster.pid;
    },
    databaseUrls: recordOf(subgraphNames, (name) => postgres.urlOf(databaseNames[name])),
    read: () => withClient(superuserUrl, readCounters),
    untilFlushed: () => withClient(superuserUrl, untilFlushed),
    watchWorkLeft: () => watchWorkLeft(superuserUrl),
    stop: () => postgres.stop(),
  };
}
