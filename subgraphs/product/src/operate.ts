import { eventCommands } from '@shop/events/operator';
import { changesCommand, exportStateCommand, runOperator } from '@shop/kit/operator';
import { loadMigrateSettings } from './config';
import { productDatabase } from './data-source';
import { healStock } from './operations/heal-stock';
import { changes, exportProductState } from './operations/state-export';

void runOperator({
  loadSettings: loadMigrateSettings,
  database: productDatabase,
  commands: {
    export: exportStateCommand(exportProductState, '--orders'),
    changes: changesCommand(changes),
    heal: healStock,
    ...eventCommands,
  },
});
