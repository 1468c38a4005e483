import { join } from 'node:path';
import { identityService } from '@shop/access';
import { subgraphService } from '@shop/kit/subgraph';
import { load__Name__Settings } from './config';
import { createContext } from './context';
import { connect } from './data-source';
import { resolvers } from './resolvers';
import { createServices } from './services';

export const { start: start__Name__, run } = subgraphService({
  name: '__name__',
  identity: identityService,
  loadSettings: load__Name__Settings,
  connect,
  schemaFile: join(__dirname, '..', 'schema.graphql'),
  resolvers,
  create: (base) => ({ context: createContext(createServices(base)) }),
});
