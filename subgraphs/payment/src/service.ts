import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectEvents } from '@shop/events/service';
import { createServiceCredentials } from '@shop/kit/auth';
import { pingDatabase } from '@shop/kit/database';
import type { Logger } from '@shop/kit/logger';
import { createPeer } from '@shop/kit/peer';
import { startRetention } from '@shop/kit/retention';
import { type RunningService, runService, startSubgraph } from '@shop/kit/service';
import type { Telemetry } from '@shop/kit/telemetry';
import { loadPaymentSettings, type PaymentSettings } from './config';
import { createContext } from './context';
import { connect } from './data-source';
import { DueSignals } from './due-signals';
import { startDueWork } from './due-work';
import { exposePaymentFigures } from './operations/payment-figures';
import {
  exposeUnconfiguredProviders,
  reportUnconfiguredProviders,
} from './operations/unconfigured-providers';
import { configureProviders } from './providers/configure-providers';
import { resolvers } from './resolvers';
import { retentionRules } from './retention';
import { createServices } from './services';
import { webhookRoutes } from './webhooks/webhook-route';

/** Starts the payment subgraph with its due work on a database that is migrated. */
export async function startPayment(settings: PaymentSettings, logger: Logger): Promise<RunningService> {
  const dataSource = await connect(settings);
  exposePaymentFigures(dataSource);
  const base = { dataSource, logger };
  const { providers, simulatorSender, authentication } = configureProviders({ settings, ...base });
  exposeUnconfiguredProviders(dataSource);
  await reportUnconfiguredProviders({ ...base, providers });
  const credentials = createServiceCredentials({ service: 'payment', keyFile: settings.SERVICE_KEY_FILE });
  const order = createPeer({ name: 'order', url: settings.ORDER_URL, credentials, logger });
  const events = connectEvents({
    service: 'payment',
    settings,
    ...base,
    subscribers: {
      order: {
        peer: order,
        types: ['payment.succeeded', 'payment.failed', 'payment.refunded', 'payment.refund_failed'],
      },
    },
  });
  const due = new DueSignals();
  const actionLimitMs = settings.PAYMENT_ACTION_SECONDS * 1_000;
  const { outbox } = events;
  const services = createServices({ ...base, providers, outbox, due, actionLimitMs, authentication });
  events.start();
  const dueWork = startDueWork({ ...base, services, simulatorSender, due });
  const retention = startRetention({ ...base, rules: retentionRules(settings) });
  return startSubgraph({
    name: 'payment',
    environment: settings,
    logger,
    typeDefs: readFileSync(join(__dirname, '..', 'schema.graphql'), 'utf8'),
    resolvers,
    context: createContext(services),
    checkReady: () => pingDatabase(dataSource),
    routes: webhookRoutes(services.webhooks),
    finishWork: async () => {
      await retention.stop();
      await dueWork.stop();
      await events.stop();
    },
    onStop: async () => {
      await order.close();
      await dataSource.destroy();
    },
  });
}

/** The process's whole life. */
export function run(telemetry: Telemetry): Promise<void> {
  return runService({ name: 'payment', telemetry, loadSettings: loadPaymentSettings, start: startPayment });
}
