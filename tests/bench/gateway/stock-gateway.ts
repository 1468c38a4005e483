import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';

/** What the subgraphs need of a client's request. */
export interface ClientHeaders {
  authorization: string | undefined;
  userAgent: string | undefined;
}

/** The context of the stock gateway's server. */
export async function clientHeadersOf({ req }: { req: IncomingMessage }): Promise<ClientHeaders> {
  return { authorization: req.headers.authorization, userAgent: req.headers['user-agent'] };
}

/** A subgraph that gets the headers which the shop's gateway sends. */
class CredentialedDataSource extends RemoteGraphQLDataSource<ClientHeaders> {
  constructor(
    url: string,
    private readonly credential: () => string,
  ) {
    super({ url });
  }

  override willSendRequest({
    request,
    context,
  }: Parameters<Required<RemoteGraphQLDataSource<ClientHeaders>>['willSendRequest']>[0]): void {
    const headers = {
      'x-service-authorization': `Bearer ${this.credential()}`,
      'x-request-id': randomUUID(),
      'x-client-address': '127.0.0.1',
      authorization: context.authorization,
      'x-client-user-agent': context.userAgent,
    };
    for (const [name, value] of Object.entries(headers)) if (value) request.http?.headers.set(name, value);
  }
}

/**
 * ApolloGateway as its documentation creates it, without code of the shop's gateway.
 *
 * @param credentialFor the service credential for a subgraph
 * @param urlOf the GraphQL endpoint of a subgraph; default: the one in the supergraph
 */
export function createStockGateway({
  supergraphSdl,
  credentialFor,
  urlOf,
}: {
  supergraphSdl: string;
  credentialFor: (subgraph: string) => string;
  urlOf?: (subgraph: string) => string;
}): ApolloGateway {
  return new ApolloGateway({
    supergraphSdl,
    buildService: ({ name, url = '' }) =>
      new CredentialedDataSource(urlOf?.(name) ?? url, () => credentialFor(name)),
  });
}
