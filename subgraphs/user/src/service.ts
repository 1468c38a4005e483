import { join } from 'node:path';
import { identityService } from '@shop/access';
import { connectEvents } from '@shop/events/service';
import { subgraphService } from '@shop/kit/subgraph';
import { loadUserSettings } from './config';
import { createContext } from './context';
import { connect } from './data-source';
import { resolvers } from './resolvers';
import { createServices } from './services';
import { tokenRoutes } from './sessions/token-routes';

export const { start: startUser, run } = subgraphService({
  name: 'user',
  identity: identityService,
  loadSettings: loadUserSettings,
  connect,
  schemaFile: join(__dirname, '..', 'schema.graphql'),
  resolvers,
  create(base) {
    const events = connectEvents({ ...base, service: 'user' });
    base.background(events);
    const services = createServices({ ...base, outbox: events.outbox });
    const { publicKeys } = services.keys;
    const findRevokedSessions = (seconds: number) => services.sessionRows.findRevokedIds(seconds);
    const routes = tokenRoutes(services.keys, findRevokedSessions);
    return { context: createContext(services), publicKeys, findRevokedSessions, routes };
  },
});
