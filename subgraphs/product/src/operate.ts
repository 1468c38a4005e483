import { eventCommands } from '@shop/events/operator';
import { createDataSource } from '@shop/kit/database';
import { changesCommand, factsCommand, runOperator } from '@shop/kit/operator';
import { loadMigrateSettings } from './config';
import { productDatabase } from './data-source';
import { changes, facts } from './operations/facts';

void runOperator({
  loadSettings: loadMigrateSettings,
  createDataSource: (url) => createDataSource({ ...productDatabase, url, poolSize: 2 }),
  commands: {
    facts: factsCommand(facts),
    changes: changesCommand(changes),
    ...eventCommands,
  },
});
