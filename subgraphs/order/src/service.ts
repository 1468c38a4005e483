import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventsRoute } from '@shop/events/inbox';
import { connectEvents } from '@shop/events/service';
import { createServiceCredentials } from '@shop/kit/auth';
import { pingDatabase } from '@shop/kit/database';
import type { Logger } from '@shop/kit/logger';
import { createPeer } from '@shop/kit/peer';
import { startRetention } from '@shop/kit/retention';
import { createServiceLogger, type RunningService, runService, startSubgraph } from '@shop/kit/service';
import type { Telemetry } from '@shop/kit/telemetry';
import { PaymentClient } from './clients/payment.client';
import { ProductClient } from './clients/product.client';
import { loadOrderSettings, type OrderSettings } from './config';
import { createContext } from './context';
import { connect } from './data-source';
import { paymentEventHandlers } from './events/payment-events';
import { exposeOrderFigures } from './operations/order-figures';
import { startOrderPoller } from './order/steps/order-poller';
import { resolvers } from './resolvers';
import { retentionRules } from './retention';
import { createServices } from './services';

const name = 'order';

// Both below the gateway's time limit, so that the client gets from us what is known, and well below the time after which
// the poller takes an order over from the request. Payment waits three seconds for a provider.
const productTimeoutMs = 3_000;
const paymentTimeoutMs = 3_500;

/** Starts the order subgraph with its poller on a database that is migrated. */
export async function startOrder(
  settings: OrderSettings,
  logger: Logger = createServiceLogger(name, settings),
): Promise<RunningService> {
  const dataSource = await connect(settings);
  exposeOrderFigures(dataSource);
  const peers = connectPeers(settings, logger);
  const declinePolicy = {
    onDecline: settings.PAYMENT_DECLINE,
    maximumAttempts: settings.PAYMENT_MAX_ATTEMPTS_PER_ORDER,
  };
  const events = connectEvents({ service: name, settings, dataSource, logger });
  const services = createServices({
    dataSource,
    products: new ProductClient(peers.product),
    payments: new PaymentClient(peers.payment),
    outbox: events.outbox,
    wakePoller: () => poller.wake(),
    logger,
    timeToPaySeconds: settings.ORDER_TTL_SECONDS,
    declinePolicy,
    openOrderLimits: {
      ordersPerCustomer: settings.OPEN_ORDERS_PER_CUSTOMER,
      unitsPerProduct: settings.HELD_UNITS_PER_CUSTOMER,
    },
  });
  const handlers = paymentEventHandlers({ ...services, declinePolicy });
  const poller = startOrderPoller({ ...services, dataSource, logger });
  events.start(handlers);
  const retention = startRetention({ dataSource, rules: retentionRules(settings), logger });
  const finishWork = async () => {
    await retention.stop();
    await poller.stop();
    await events.stop();
  };
  const closeParts = async () => {
    await Promise.all([peers.product.close(), peers.payment.close()]);
    await dataSource.destroy();
  };
  try {
    return await startSubgraph({
      name,
      environment: settings,
      logger,
      typeDefs: readFileSync(join(__dirname, '..', 'schema.graphql'), 'utf8'),
      resolvers,
      context: createContext(services),
      checkReady: () => pingDatabase(dataSource),
      routes: (app, authenticated) => {
        app.post('/events', authenticated(eventsRoute({ dataSource, consumer: name, handlers, logger })));
      },
      finishWork,
      onStop: closeParts,
    });
  } catch (error) {
    await finishWork();
    await closeParts();
    throw error;
  }
}

function connectPeers(settings: OrderSettings, logger: Logger) {
  const credentials = createServiceCredentials({ service: name, keyFile: settings.SERVICE_KEY_FILE });
  return {
    product: createPeer({
      name: 'product',
      url: settings.PRODUCT_URL,
      credentials,
      logger,
      timeoutMs: productTimeoutMs,
    }),
    payment: createPeer({
      name: 'payment',
      url: settings.PAYMENT_URL,
      credentials,
      logger,
      timeoutMs: paymentTimeoutMs,
    }),
  };
}

/** The process's whole life. */
export function run(telemetry: Telemetry): Promise<void> {
  return runService({ name, telemetry, loadSettings: loadOrderSettings, start: startOrder });
}
