import { runMigrations, sessionOf } from '@shop/kit/database';
import { runCommand } from '@shop/kit/service';
import { loadMigrateSettings } from './config';
import { orderDatabase } from './data-source';

void runCommand({
  name: 'order-migrate',
  loadSettings: loadMigrateSettings,
  async work(settings, logger) {
    const migrations = await runMigrations({ ...orderDatabase, ...sessionOf(settings) });
    logger.info('database is up to date', { migrations });
  },
});
