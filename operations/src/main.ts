import { OperatorError } from '@shop/kit/operator';
import { runKeys } from './keys';
import { runOrders } from './orders';
import { runReconcile } from './reconcile/command';
import { runServiceCommand, type ServiceCommand } from './service-command';
import { runInTerminal, withShop } from './terminal';

/** Commands that services run on their own databases. */
const serviceCommands: Readonly<Record<string, Omit<ServiceCommand, 'name'>>> = {
  // list | show <id> | replay <id> …: undelivered events and dead letters
  events: {
    actions: ['list', 'show', 'replay'],
    services: ['user', 'product', 'order', 'payment'],
    columns: ['state', 'type', 'eventId', 'subscriber', 'tries', 'failures', 'ageSeconds', 'lastError'],
  },
  // list | show <provider> <id> | replay <provider> <id>: webhooks of payment providers
  webhooks: {
    actions: ['list', 'show', 'replay'],
    services: ['payment'],
    columns: ['provider', 'id', 'type', 'chargeKey', 'receivedAt', 'deliveries', 'attempts', 'outcome'],
  },
  // list | show <paymentId> | settle <paymentId> --as succeeded|failed --reason "…": payment
  // attempts, and the manual settlement of those that no provider decides
  payments: {
    actions: ['list', 'show', 'settle'],
    services: ['payment'],
    columns: [
      ...['paymentId', 'orderId', 'attempt', 'status', 'amountCents', 'currency', 'provider'],
      ...['failureCode', 'visits', 'ageSeconds', 'reason'],
    ],
  },
  // list [--failed] | retry <paymentId> … | settle <paymentId> --as succeeded --reason "…"
  // [--unconfirmed]
  refunds: {
    actions: ['list', 'retry', 'settle'],
    services: ['payment'],
    columns: [
      ...['status', 'failureCode', 'isDefinite', 'paymentId', 'orderId', 'amountCents', 'currency'],
      ...['provider', 'providerKey', 'round', 'tries', 'nextTryAt', 'updatedAt'],
    ],
  },
};

/** `npm run reconcile`, `orders`, `events`, `webhooks`, `payments`, `refunds` and `keys`. */
async function run([name = '', ...args]: readonly string[]): Promise<number> {
  if (name === 'keys') return runKeys(args);
  if (name === 'reconcile') return withShop((shop) => runReconcile(shop, args));
  if (name === 'orders') return withShop((shop) => runOrders(shop, args));
  const command = serviceCommands[name];
  if (!command)
    throw new OperatorError(
      `Unknown command: ${name}. Commands: reconcile, keys, orders, ${Object.keys(serviceCommands).join(', ')}`,
    );
  return withShop((shop) => runServiceCommand({ name, ...command }, shop, args));
}

void runInTerminal(() => run(process.argv.slice(2)));
