import { join } from 'node:path';
import { identityService } from '@shop/access';
import { connectEvents } from '@shop/events/service';
import { subgraphService } from '@shop/kit/subgraph';
import { loadOrderSettings } from './config';
import { createContext } from './context';
import { connect } from './data-source';
import { registerOrderMetrics } from './operations/order-metrics';
import { resolvers } from './resolvers';
import { retention } from './retention';
import { createServices } from './services';

export const { start: startOrder, run } = subgraphService({
  name: 'order',
  identity: identityService,
  loadSettings: loadOrderSettings,
  connect,
  schemaFile: join(__dirname, '..', 'schema.graphql'),
  resolvers,
  retention,
  create(base) {
    registerOrderMetrics(base.dataSource);
    const events = connectEvents({ ...base, service: 'order' });
    base.background(events);
    const services = createServices({ ...base, outbox: events.outbox });
    base.background(services.poller);
    const receiveEvents = events.receive(services.paymentEvents);
    return {
      context: createContext(services),
      routes: (app, authenticated) => void app.post('/events', authenticated(receiveEvents)),
    };
  },
});
