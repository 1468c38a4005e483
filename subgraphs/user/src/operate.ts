import { eventCommands } from '@shop/events/operator';
import { createDataSource } from '@shop/kit/database';
import { factsCommand, runOperator } from '@shop/kit/operator';
import { loadMigrateSettings } from './config';
import { databaseOptions } from './data-source';
import { facts } from './operations/facts';

void runOperator({
  loadSettings: loadMigrateSettings,
  createDataSource: (url) => createDataSource(databaseOptions({ DATABASE_URL: url, DATABASE_POOL_SIZE: 2 })),
  commands: { facts: factsCommand(facts), ...eventCommands },
});
