import { runServiceCommand } from '../terminal/service-command';
import { runTerminalCommand } from '../terminal/run-terminal-command';

// `npm run webhooks -- list | show <provider> <id> | replay <provider> <id>`: webhooks of payment
// providers.
void runTerminalCommand((shop, args) =>
  runServiceCommand(
    {
      name: 'webhooks',
      actions: ['list', 'show', 'replay'],
      services: ['payment'],
      columns: ['provider', 'id', 'type', 'chargeKey', 'receivedAt', 'deliveries', 'attempts', 'outcome'],
    },
    shop,
    args,
  ),
);
