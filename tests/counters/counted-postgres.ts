import { join } from 'node:path';
import { startEmbeddedPostgres, withClient } from '@shop/local-stack/postgres';
import { databaseNames, recordOf, type SubgraphName, subgraphNames } from '@shop/local-stack/stack';
import { type Counters, readCounters } from './counters';
import { type WorkLeft, watchWorkLeft } from './work-left';

/** The embedded PostgreSQL with pg_stat_statements, which needs a start of its own. */
export interface CountedPostgres {
  readonly pid: number;
  readonly databaseUrls: Readonly<Record<SubgraphName, string>>;
  /** Since the server's start; statements of the four services only. */
  read(): Promise<Counters>;
  /** Call it once the services have migrated their databases. */
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
    get pid() {
      return postgres.postmaster.pid;
    },
    databaseUrls: recordOf(subgraphNames, (name) => postgres.urlOf(databaseNames[name])),
    read: () => withClient(superuserUrl, readCounters),
    watchWorkLeft: () => watchWorkLeft(superuserUrl),
    stop: () => postgres.stop(),
  };
}
