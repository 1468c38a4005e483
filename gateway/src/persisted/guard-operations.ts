import type { ApolloServerPlugin } from '@apollo/server';
import type { Logger } from '@shop/kit/logger';
import { counter } from '@shop/kit/metrics';
import { GraphQLError } from 'graphql';
import type { GatewayContext } from '../context';
import { shownName } from './shown-name';
import { operationId } from './operation-id';
import type { PersistedOperations } from './persisted-operations';

/** Different names that are logged per hour, so that invented names cannot fill the log. */
const maximumLogged = 1_000;
const loggedForMs = 60 * 60_000;

/** Logs or refuses operations of clients that are not in the manifest. */
export function guardOperations(
  { mode, has }: PersistedOperations,
  logger: Logger,
): ApolloServerPlugin<GatewayContext> {
  if (mode === 'off') return {};
  const unlisted = counter({
    name: 'graphql_unlisted_operations_total',
    help: 'Operations of clients that are not in the manifest of persisted operations.',
  });
  const logUnlisted = unlistedOperationLog(logger);
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation({ document, operation, request, operationName }) {
          // Without HTTP it is the facade's own. refuseUnknownOperation speaks of what is no operation.
          if (!request.http || !operation) return Promise.resolve();
          const id = operationId(document, operationName ?? '');
          if (id !== undefined && has(id)) return Promise.resolve();
          unlisted.inc();
          if (mode === 'safelist') throw notListed();
          logUnlisted(operationName, id);
          return Promise.resolve();
        },
      }),
  };
}

/** Logs operations by name and id, each once an hour; never their text, as people write values into it. */
export function unlistedOperationLog(logger: Logger): (name: string | null, id: string | undefined) => void {
  const logged = new Set<string>();
  let since = performance.now();
  return (name, id) => {
    // Without a name it is no operation that could be listed.
    if (name === null) return;
    if (performance.now() - since > loggedForMs) {
      logged.clear();
      since = performance.now();
    }
    const operation = shownName(name);
    const key = `${operation} ${id}`;
    if (logged.has(key) || logged.size >= maximumLogged) return;
    logged.add(key);
    logger.warn('operation is not in the manifest', { operation, id });
  };
}

function notListed(): GraphQLError {
  const message =
    'This operation is not one of the persisted operations of this shop: send one of those by its id, or have it added to their manifest.';
  return new GraphQLError(message, {
    extensions: { code: 'PERSISTED_QUERY_NOT_IN_LIST', http: { status: 400 } },
  });
}
