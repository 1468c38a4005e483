import { runServiceCommand } from '../terminal/service-command';
import { runTerminalCommand } from '../terminal/run-terminal-command';

// `npm run events -- list | show <id> | replay <id> …`: undelivered events and dead letters.
void runTerminalCommand((shop, args) =>
  runServiceCommand(
    {
      name: 'events',
      actions: ['list', 'show', 'replay'],
      services: ['user', 'product', 'order', 'payment'],
      columns: ['state', 'type', 'eventId', 'subscriber', 'tries', 'failures', 'ageSeconds', 'lastError'],
    },
    shop,
    args,
  ),
);
