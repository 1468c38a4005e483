import { eventCommands } from '@shop/events/operator';
import { changesCommand, factsCommand, runOperator, watermarkCommands } from '@shop/kit/operator';
import { loadMigrateSettings } from './config';
import { orderDatabase } from './data-source';
import { changes, facts } from './operations/facts';

void runOperator({
  loadSettings: loadMigrateSettings,
  database: orderDatabase,
  commands: {
    facts: factsCommand(facts),
    changes: changesCommand(changes),
    ...watermarkCommands,
    ...eventCommands,
  },
});
