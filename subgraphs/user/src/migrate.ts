import { runMigrations, sessionOf } from '@shop/kit/database';
import { runCommand } from '@shop/kit/service';
import { loadMigrateSettings } from './config';
import { databaseOptions } from './data-source';

void runCommand({
  name: 'user-migrate',
  loadSettings: loadMigrateSettings,
  work: async (settings, logger) => {
    const ran = await runMigrations({
      ...databaseOptions(settings),
      ...sessionOf(settings),
      isPooled: false,
    });
    logger.info('database is up to date', { ran });
  },
});
