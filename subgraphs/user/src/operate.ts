import { eventCommands } from '@shop/events/operator';
import { exportStateCommand, runOperator } from '@shop/kit/operator';
import { loadMigrateSettings } from './config';
import { userDatabase } from './data-source';
import { exportUserState } from './operations/state-export';

void runOperator({
  loadSettings: loadMigrateSettings,
  database: userDatabase,
  commands: { export: exportStateCommand(exportUserState), ...eventCommands },
});
