import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { serviceCredential } from '@shop/testkit/keys';
import { type ClientHeaders, clientHeadersOf, createStockGateway } from '../../bench/gateway/stock-gateway';

export interface StockGateway {
  url: string;
  stop(): Promise<void>;
}

/**
 * ApolloGateway with Apollo Server as their documentation starts them, without code of the shop.
 *
 * @param urlOf the GraphQL endpoint of a subgraph
 */
export async function startStockGateway(
  supergraphSdl: string,
  urlOf: (subgraph: string) => string,
): Promise<StockGateway> {
  const credentialFor = (subgraph: string) => serviceCredential('gateway', subgraph);
  const server = new ApolloServer<ClientHeaders>({
    gateway: createStockGateway({ supergraphSdl, credentialFor, urlOf }),
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
  });
  const { url } = await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port: 0 },
    context: clientHeadersOf,
  });
  return { url: new URL('/graphql', url).href, stop: () => server.stop() };
}
