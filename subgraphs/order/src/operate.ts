import { eventCommands } from '@shop/events/operator';
import { changesCommand, exportStateCommand, runOperator, watermarkCommands } from '@shop/kit/operator';
import { loadMigrateSettings } from './config';
import { orderDatabase } from './data-source';
import { healOrders } from './operations/heal-orders';
import { orderCommands } from './operations/order-commands';
import { changes, exportOrderState } from './operations/state-export';

void runOperator({
  loadSettings: loadMigrateSettings,
  database: orderDatabase,
  commands: {
    export: exportStateCommand(exportOrderState, '--orders'),
    changes: changesCommand(changes),
    heal: healOrders,
    ...watermarkCommands,
    ...eventCommands,
    ...orderCommands,
  },
});
