import { runServiceCommand } from '../terminal/service-command';
import { runTerminalCommand } from '../terminal/run-terminal-command';

// `npm run payments -- list | show <paymentId> | settle <paymentId> --as succeeded|failed --reason
// "…"`: payment attempts, and the manual settlement of those that no provider decides.
void runTerminalCommand((shop, args) =>
  runServiceCommand(
    {
      name: 'payments',
      actions: ['list', 'show', 'settle'],
      services: ['payment'],
      columns: [
        ...[
          'paymentId',
          'orderId',
          'attempt',
          'status',
          'amountCents',
          'currency',
          'provider',
          'failureCode',
        ],
        ...['visits', 'ageSeconds', 'reason'],
      ],
    },
    shop,
    args,
  ),
);
