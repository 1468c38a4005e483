import { eventCommands } from '@shop/events/operator';
import { changesCommand, factsCommand, runOperator } from '@shop/kit/operator';
import { loadMigrateSettings } from './config';
import { productDatabase } from './data-source';
import { changes, facts } from './operations/facts';

void runOperator({
  loadSettings: loadMigrateSettings,
  database: productDatabase,
  commands: {
    facts: factsCommand(facts),
    changes: changesCommand(changes),
    ...eventCommands,
  },
});
