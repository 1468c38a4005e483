import type { ApolloServerPlugin, GraphQLRequest } from '@apollo/server';
import type { GatewayContext } from '../context';
import type { PersistedOperations } from './persisted-operations';

/** The header in which Apollo's clients send their name. */
const clientNameHeader = 'apollographql-client-name';

/**
 * Replaces the ID of a listed operation by its document. Other IDs, `documentId` included, are passed
 * to Apollo Server as automatic persisted queries.
 */
export function resolvePersistedId({ bodyOf }: PersistedOperations): ApolloServerPlugin<GatewayContext> {
  return {
    requestDidStart({ request, contextValue: { persistedId: id } }) {
      if (id !== undefined) resolve(request, id);
      return Promise.resolve();
    },
  };

  function resolve(request: GraphQLRequest, id: string): void {
    const body = request.query ? undefined : bodyOf(id, request.http?.headers.get(clientNameHeader));
    if (body !== undefined) request.query = body;
    const persistedQuery = body === undefined ? { version: 1, sha256Hash: id } : undefined;
    request.extensions = { ...request.extensions, persistedQuery };
  }
}
