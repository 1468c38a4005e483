import { eventCommands } from '@shop/events/operator';
import { changesCommand, exportStateCommand, runOperator, watermarkCommands } from '@shop/kit/operator';
import { loadMigrateSettings } from './config';
import { paymentDatabase } from './data-source';
import { healPayments } from './operations/heal-payments';
import { orderCommands } from './operations/order-commands';
import { paymentCommands } from './operations/payment-commands';
import { refundCommands } from './operations/refund-commands';
import { changes, exportWithProviders } from './operations/state-export';
import { webhookCommands } from './operations/webhook-commands';

void runOperator({
  loadSettings: loadMigrateSettings,
  database: paymentDatabase,
  commands: {
    export: exportStateCommand(exportWithProviders, '--orders'),
    changes: changesCommand(changes),
    heal: healPayments,
    ...watermarkCommands,
    ...eventCommands,
    ...orderCommands,
    ...paymentCommands,
    ...refundCommands,
    ...webhookCommands,
  },
});
