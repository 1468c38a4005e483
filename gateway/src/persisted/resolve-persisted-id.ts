import type { ApolloServerPlugin, GraphQLRequest } from '@apollo/server';
import type { GatewayContext } from '../context';
import type { PersistedOperations } from './persisted-operations';

/** Where Apollo's clients say who they are. */
const clientNameHeader = 'apollographql-client-name';

/**
 * Puts the text of the manifest's operation in the place of its id. Ids that are not listed are left to Apollo Server, as automatic persisted
 * queries, whichever way they came.
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
