import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createServiceCredentials } from '@shop/kit/auth';

/** What the subgraphs need of a client's request. */
interface ClientHeaders {
  authorization: string | undefined;
  userAgent: string | undefined;
}

const [, , supergraphFile = '', keyFile = '', port = ''] = process.argv;
const credentials = createServiceCredentials({ service: 'gateway', keyFile });

/** The headers that the shop's gateway sends. */
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
  }: Parameters<NonNullable<RemoteGraphQLDataSource<ClientHeaders>['willSendRequest']>>[0]): void {
    const headers = {
      'x-service-authorization': `Bearer ${credentials.for(this.name)}`,
      'x-request-id': randomUUID(),
      'x-client-address': '127.0.0.1',
      authorization: context.authorization,
      'x-client-user-agent': context.userAgent,
    };
    for (const [name, value] of Object.entries(headers)) if (value) request.http?.headers.set(name, value);
  }
}

/**
 * ApolloGateway with Apollo Server as their documentation starts them, without the shop's gateway.
 * Arguments: supergraph file, key of the service credential, port.
 */
async function main(): Promise<void> {
  const gateway = new ApolloGateway({
    supergraphSdl: readFileSync(supergraphFile, 'utf8'),
    buildService: ({ name, url = '' }) => new CredentialedDataSource(name, url),
  });
  await startStandaloneServer(new ApolloServer<ClientHeaders>({ gateway }), {
    listen: { host: '127.0.0.1', port: Number(port) },
    context: ({ req }) =>
      Promise.resolve({
        authorization: req.headers.authorization,
        userAgent: req.headers['user-agent'],
      }),
  });
}

void main();
