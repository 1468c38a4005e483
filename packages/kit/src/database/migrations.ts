import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { createDataSource, type DatabaseOptions, limitRole } from './data-source';

/** Key of the advisory lock; the same constant in every process that migrates. */
const migrationLock = 4_711_001;
const lockPauseMs = 200;

export interface MigrationOptions extends DatabaseOptions {
  /**
   * The service connects through a pooler in transaction mode, so the time limits are set on its
   * role.
   */
  isServicePooled?: boolean;
}

/**
 * Migrates one database to the newest schema. Concurrent processes run one after the other. A
 * statement that waits for a lock for 5 s fails (lock_timeout), because all other statements would
 * queue behind it.
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
 * Polls instead of waiting in a statement: a waiting statement holds a snapshot, and CREATE INDEX
 * CONCURRENTLY in the running migration would wait for that snapshot without end.
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
