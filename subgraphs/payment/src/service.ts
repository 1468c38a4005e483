import { join } from 'node:path';
import { identityService } from '@shop/access';
import { connectEvents } from '@shop/events/service';
import { subgraphService } from '@shop/kit/subgraph';
import { loadPaymentSettings } from './config';
import { createContext } from './context';
import { connect } from './data-source';
import { connectSubscribers } from './events/payment-events';
import { registerPaymentMetrics } from './operations/payment-metrics.repository';
import { reportUnconfiguredProviders } from './operations/waiting-providers.repository';
import { configureProviders } from './providers/configure-providers';
import { resolvers } from './resolvers';
import { retention } from './retention';
import { createServices } from './services';
import { webhookRoutes } from './webhooks/webhook-route';

export const { start: startPayment, run } = subgraphService({
  name: 'payment',
  identity: identityService,
  loadSettings: loadPaymentSettings,
  connect,
  schemaFile: join(__dirname, '..', 'schema.graphql'),
  resolvers,
  retention,
  async create(base) {
    registerPaymentMetrics(base.dataSource);
    const configured = configureProviders(base);
    await reportUnconfiguredProviders({ ...base, ...configured });
    const events = connectEvents({ ...base, service: 'payment', subscribers: connectSubscribers(base) });
    base.background(events);
    const actionLimitMs = base.settings.PAYMENT_ACTION_SECONDS * 1_000;
    const services = createServices({ ...base, ...configured, outbox: events.outbox, actionLimitMs });
    base.background(...Object.values(services.pollers));
    return { context: createContext(services), routes: webhookRoutes(services.webhooks) };
  },
});
