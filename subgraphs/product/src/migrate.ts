import { runMigrations, sessionOf } from '@shop/kit/database';
import { runCommand } from '@shop/kit/service';
import { loadMigrateSettings } from './config';
import { productDatabase } from './data-source';

void runCommand({
  name: 'product-migrate',
  loadSettings: loadMigrateSettings,
  async work(settings, logger) {
    const migrations = await runMigrations({ ...productDatabase, ...sessionOf(settings) });
    logger.info('migrated', { migrations });
  },
});
