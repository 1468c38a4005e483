import { runServiceCommand } from '../terminal/service-command';
import { runTerminalCommand } from '../terminal/run-terminal-command';

// `npm run refunds -- list [--failed] | retry <paymentId> … | settle <paymentId> --as succeeded
// --reason "…" [--unconfirmed]`.
void runTerminalCommand((shop, args) =>
  runServiceCommand(
    {
      name: 'refunds',
      actions: ['list', 'retry', 'settle'],
      services: ['payment'],
      columns: [
        ...['status', 'failureCode', 'isDefinite', 'paymentId', 'orderId', 'amountCents', 'currency'],
        ...['provider', 'providerKey', 'round', 'tries', 'nextTryAt', 'updatedAt'],
      ],
    },
    shop,
    args,
  ),
);
