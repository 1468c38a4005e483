import { type DatabaseSettings, runMigrations, type ServiceDatabase, sessionOf } from '../database';
import { runCommand } from '../service';
import type { LoggerSettings } from '../service/service-logger';

/** A subgraph's `migrate` program: migrates its database to the newest schema and exits. */
export function migrate(options: {
  loadSettings: () => DatabaseSettings & LoggerSettings;
  database: ServiceDatabase;
}): Promise<void> {
  const { loadSettings, database } = options;
  return runCommand({
    name: `${database.service}-migrate`,
    loadSettings,
    async work(settings, logger) {
      const migrations = await runMigrations({ ...database, ...sessionOf(settings) });
      logger.info('database is up to date', { migrations });
    },
  });
}
