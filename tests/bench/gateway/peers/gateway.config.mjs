// Configuration of Hive Gateway for the benchmark: the credentials and headers that the shop's
// gateway sends to the subgraphs. ROUTER_RUNTIME=true plans and executes with the Rust planner.
import { randomUUID } from 'node:crypto';
import { env } from 'node:process';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import { createServiceCredentials } from '@shop/kit/auth';

const { SERVICE_KEY_FILE, SUPERGRAPH_FILE, ROUTER_RUNTIME } = env;
const credentials = createServiceCredentials({ service: 'gateway', keyFile: SERVICE_KEY_FILE });

export const gatewayConfig = {
  supergraph: SUPERGRAPH_FILE,
  propagateHeaders: {
    fromClientToSubgraphs: ({ request, subgraphName }) => ({
      'x-service-authorization': `Bearer ${credentials.for(subgraphName.toLowerCase())}`,
      'x-request-id': randomUUID(),
      'x-client-address': '127.0.0.1',
      authorization: request.headers.get('authorization') ?? undefined,
      'x-client-user-agent': request.headers.get('user-agent') ?? undefined,
    }),
  },
  ...(ROUTER_RUNTIME === 'true' && { unifiedGraphHandler }),
};
