import type { ApolloServerPlugin } from '@apollo/server';
import type { Logger } from '@shop/kit/logger';
import { counter } from '@shop/kit/metrics';
import { type DocumentNode, GraphQLError } from 'graphql';
import type { GatewayContext } from '../context';
import { operationId } from './operation-id';
import type { PersistedOperations } from './persisted-operations';

/** Distinct operations that are logged per hour, so that invented names cannot fill the log. */
const maximumLogged = 1_000;
const loggedForMs = 60 * 60_000;
/** Clients can send a name that is as long as a document. */
const longestLoggedName = 100;

const unlisted = counter({
  name: 'graphql_unlisted_operations_total',
  help: 'Operations of clients that are not in the manifest of persisted operations; 0 if it is not in use.',
});

/** Logs or rejects operations of clients that are not in the manifest. */
export function guardOperations({
  mode,
  isAllowed,
  noteUnlisted,
}: OperationGuard): ApolloServerPlugin<GatewayContext> {
  if (mode === 'off') return {};
  return {
    requestDidStart: async () => ({
      async didResolveOperation({ document, operation, request, operationName }) {
        // The facade executes its operations without HTTP. rejectUnknownOperation reports the error.
        if (!request.http || !operation) return;
        noteUnlisted(document, operationName ?? null);
        if (!isAllowed(document, operationName ?? null)) throw notListed();
      },
    }),
  };
}

export interface OperationGuard {
  mode: PersistedOperations['mode'];
  /** False if the operation must be rejected. Has no effect. */
  isAllowed(document: DocumentNode, operationName: string | null): boolean;
  /** Counts and logs the operation if it is not in the manifest. */
  noteUnlisted(document: DocumentNode, operationName: string | null): void;
}

/** For the operations of clients, not for those of the facade. */
export function createOperationGuard({ mode, has }: PersistedOperations, logger: Logger): OperationGuard {
  const logUnlisted = unlistedOperationLog(logger);
  const isListed = (id: string | undefined) => id !== undefined && has(id);
  return {
    mode,
    isAllowed: (document, name) => mode !== 'safelist' || isListed(operationId(document, name ?? '')),
    noteUnlisted(document, name) {
      if (mode === 'off') return;
      const id = operationId(document, name ?? '');
      if (isListed(id)) return;
      unlisted.inc();
      if (mode === 'log') logUnlisted(name, id);
    },
  };
}

/** Logs each operation once an hour by name and ID, never its text, which may contain values. */
export function unlistedOperationLog(logger: Logger): (name: string | null, id: string | undefined) => void {
  const logged = new Set<string>();
  let since = performance.now();
  return (name, id) => {
    // An operation without a name cannot be listed.
    if (name === null) return;
    if (performance.now() - since > loggedForMs) {
      logged.clear();
      since = performance.now();
    }
    const operation = name.slice(0, longestLoggedName);
    const key = `${operation} ${id}`;
    if (logged.has(key) || logged.size >= maximumLogged) return;
    logged.add(key);
    logger.warn('operation is not in the manifest', { operation, id });
  };
}

function notListed(): GraphQLError {
  const message =
    'This operation is not in the manifest of persisted operations: send a persisted operation by its ID, or have this one added.';
  return new GraphQLError(message, {
    extensions: { code: 'PERSISTED_QUERY_NOT_IN_LIST', http: { status: 400 } },
  });
}
