import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { createDataSource, type DatabaseOptions, limitRole } from './data-source';

/** Any constant will do; it only has to be the same in every process that migrates. */
const migrationLock = 4_711_001;
const lockPauseMs = 200;

export interface MigrationOptions extends DatabaseOptions {
  /** The service reaches the database through a pooler in transaction mode, so that its role gets the time limits. */
  isServicePooled?: boolean;
}

/**
 * Brings one database to the newest schema. One migration runs at a time, whoever starts it; it gives up rather than queue
 * behind a long transaction (lock_timeout), because everything else would queue behind it.
 *
 * @returns the names of the migrations that ran
 */
export async function runMigrations(options: MigrationOptions): Promise<string[]> {
  const guard = new Client({ connectionString: options.url, application_name: `${options.service}-migrate` });
  await guard.connect();
  try {
    await takeMigrationLock(guard);
    const ran = await runSchemaMigrations(options);
    if (options.isServicePooled) for (const statement of limitRole()) await guard.query(statement);
    return ran;
  } finally {
    await guard.end();
  }
}

/**
 * Waits between statements, not inside one: a statement that waits holds a snapshot, and an index that the migration at work
 * builds concurrently would wait for that snapshot for ever.
 */
async function takeMigrationLock(guard: Client): Promise<void> {
  for (;;) {
    const { rows } = await guard.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      migrationLock,
    ]);
    if (rows[0]?.taken) return;
    await pause(lockPauseMs);
  }
}

async function runSchemaMigrations(options: DatabaseOptions): Promise<string[]> {
  const dataSource = createDataSource({ ...options, poolSize: 2, statementTimeoutMs: 0 });
  // `setOptions` replaces `extra` as a whole.
  const limits = (dataSource.options as { extra?: object }).extra;
  dataSource.setOptions({ extra: { ...limits, lock_timeout: 5_000 } });
  await dataSource.initialize();
  try {
    const ran = await dataSource.runMigrations();
    return ran.map((migration) => migration.name);
  } finally {
    await dataSource.destroy();
  }
}
