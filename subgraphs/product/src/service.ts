import { join } from 'node:path';
import { identityService } from '@shop/access';
import { connectEvents } from '@shop/events/service';
import { subgraphService } from '@shop/kit/subgraph';
import { loadProductSettings } from './config';
import { createContext } from './context';
import { connect } from './data-source';
import { registerStockMetrics } from './operations/stock-metrics';
import { resolvers } from './resolvers';
import { retention } from './retention';
import { createServices } from './services';

export const { start: startProduct, run } = subgraphService({
  name: 'product',
  identity: identityService,
  loadSettings: loadProductSettings,
  connect,
  schemaFile: join(__dirname, '..', 'schema.graphql'),
  resolvers,
  retention,
  create(base) {
    registerStockMetrics(base.dataSource);
    const events = connectEvents({ ...base, service: 'product' });
    base.background(events);
    const services = createServices({ ...base, outbox: events.outbox });
    return { context: createContext(services) };
  },
});
