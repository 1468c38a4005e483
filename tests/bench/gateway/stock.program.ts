import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createServiceCredentials } from '@shop/kit/auth';
import { type ClientHeaders, clientHeadersOf, createStockGateway } from './stock-gateway';

const [, , supergraphFile = '', keyFile = '', port = ''] = process.argv;
const credentials = createServiceCredentials({ service: 'gateway', keyFile });

/**
 * ApolloGateway with Apollo Server as their documentation starts them, without the shop's gateway.
 * Arguments: supergraph file, key of the service credential, port.
 */
async function main(): Promise<void> {
  const gateway = createStockGateway({
    supergraphSdl: readFileSync(supergraphFile, 'utf8'),
    credentialFor: (subgraph) => credentials.for(subgraph),
  });
  await startStandaloneServer(new ApolloServer<ClientHeaders>({ gateway }), {
    listen: { host: '127.0.0.1', port: Number(port) },
    context: clientHeadersOf,
  });
}

void main();
