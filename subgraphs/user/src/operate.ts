import { eventCommands } from '@shop/events/operator';
import { factsCommand, runOperator } from '@shop/kit/operator';
import { loadMigrateSettings } from './config';
import { userDatabase } from './data-source';
import { facts } from './operations/facts';

void runOperator({
  loadSettings: loadMigrateSettings,
  database: userDatabase,
  commands: { facts: factsCommand(facts), ...eventCommands },
});
