import { runMigrations, sessionOf } from '@shop/kit/database';
import { runCommand } from '@shop/kit/service';
import { loadMigrateSettings } from './config';
import { paymentDatabase } from './data-source';

void runCommand({
  name: 'payment-migrate',
  loadSettings: loadMigrateSettings,
  async work(settings, logger) {
    const ran = await runMigrations({ ...paymentDatabase, ...sessionOf(settings) });
    logger.info('database is up to date', { ran });
  },
});
