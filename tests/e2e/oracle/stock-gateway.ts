import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { serviceCredential } from '@shop/testkit/keys';

/** What the stock gateway forwards of a client's request. */
interface ClientHeaders {
  authorization: string | undefined;
  userAgent: string | undefined;
}

export interface StockGateway {
  url: string;
  stop(): Promise<void>;
}

/** Sends the credentials and headers that the gateway under test sends. */
class CredentialedDataSource extends RemoteGraphQLDataSource<ClientHeaders> {
  constructor(
    private readonly name: string,
    url: string,
  ) {
    super({ url });
  }

  override willSendRequest({
    request,
    context,
  }: Parameters<Required<RemoteGraphQLDataSource<ClientHeaders>>['willSendRequest']>[0]): void {
    const headers = {
      'x-service-authorization': `Bearer ${serviceCredential('gateway', this.name)}`,
      'x-request-id': randomUUID(),
      'x-client-address': '127.0.0.1',
      authorization: context.authorization,
      'x-client-user-agent': context.userAgent,
    };
    for (const [name, value] of Object.entries(headers)) if (value) request.http?.headers.set(name, value);
  }
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
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ name }) => new CredentialedDataSource(name, urlOf(name)),
  });
  const server = new ApolloServer<ClientHeaders>({
    gateway,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
  });
  const { url } = await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port: 0 },
    context: async ({ req }: { req: IncomingMessage }) => ({
      authorization: req.headers.authorization,
      userAgent: req.headers['user-agent'],
    }),
  });
  return { url: new URL('/graphql', url).href, stop: () => server.stop() };
}
