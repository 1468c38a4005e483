import { runMigrations as runJobMigrations } from 'graphile-worker';
import { Client } from 'pg';
import { createDataSource, type DatabaseOptions } from './data-source';

/** Any constant will do; it only has to be the same in every process that migrates. */
const migrationLock = 4_711_001;

/**
 * Brings one database to the newest schema, graphile-worker's tables included where `jobs` is set. One migration
 * runs at a time, whoever starts it; it gives up rather than queue behind a long transaction (lock_timeout), because
 * everything else would queue behind it.
 *
 * @returns the names of the migrations that ran
 */
export async function runMigrations(options: DatabaseOptions & { jobs?: boolean }): Promise<string[]> {
  const guard = new Client({ connectionString: options.url, application_name: `${options.service}-migrate` });
  await guard.connect();
  try {
    await guard.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    if (options.jobs) await runJobMigrations({ connectionString: options.url, logger: quiet() });
    return await runSchemaMigrations(options);
  } finally {
    await guard.end();
  }
}

async function runSchemaMigrations(options: DatabaseOptions): Promise<string[]> {
  const dataSource = createDataSource({ ...options, poolSize: 2, statementTimeoutMs: 0 });
  dataSource.setOptions({ extra: { lock_timeout: 5_000 } });
  await dataSource.initialize();
  try {
    const ran = await dataSource.runMigrations();
    return ran.map((migration) => migration.name);
  } finally {
    await dataSource.destroy();
  }
}

function quiet() {
  const { Logger } = require('graphile-worker') as typeof import('graphile-worker');
  return new Logger(() => () => undefined);
}
