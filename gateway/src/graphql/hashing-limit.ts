import { tooManyLogins } from '@shop/access';
import { withTimeLimit } from '@shop/kit/deadline';
import { graphqlCodeOf } from '@shop/kit/errors';
import { counter } from '@shop/kit/metrics';
import { type DocumentNode, GraphQLError, type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import type { GatewaySettings } from '../config';
import type { GatewayContext } from '../context';
import { ConcurrencyLimiter, NotStarted } from '../limits/concurrency-limiter';
import { DocumentMeasure } from '../limits/document-size';
import type { Executor } from '../subgraphs/error-paths';

/** Random per operation, so that many are not rejected at the same moment. */
const waitMs = { from: 2_000, to: 4_000 };

const rejections = counter({
  name: 'graphql_sign_ins_refused_total',
  help: 'Logins and registrations that were rejected with a retry time.',
  labels: { kind: ['deadline_exceeded', 'overloaded'] },
});

/**
 * Limits the concurrent operations that need a password hash. The user processes compute hashes no
 * faster when more requests are in progress, so excess logins wait here, in fair order per client.
 */
export function limitHashing(execute: Executor, settings: GatewaySettings): Executor {
  const limiter = new ConcurrencyLimiter({
    maximumInFlight: settings.SIGN_INS_AT_ONCE,
    maximumWaiting: settings.SIGN_INS_WAITING,
  });
  return async (request) => {
    if (!needsHash(request.document, request.operation)) return execute(request);
    const { clientAddress, disconnected } = request.context as unknown as GatewayContext;
    const timeoutMs = waitMs.from + Math.random() * (waitMs.to - waitMs.from);
    try {
      return await withTimeLimit(timeoutMs, disconnected, (signal) =>
        limiter.run(clientAddress, () => execute(request), signal),
      );
    } catch (error) {
      if (!(error instanceof NotStarted)) throw error;
      if (!disconnected.aborted) rejections.inc({ kind: error.kind });
      return { data: null, errors: [rejection()] };
    }
  };
}

/** Keyed by operation, because Apollo Server caches documents. */
const known = new WeakMap<OperationDefinitionNode, boolean>();

function needsHash(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  if (operation.operation !== OperationTypeNode.MUTATION) return false;
  const result = known.get(operation) ?? new DocumentMeasure(document).sizeOf(operation).hashes > 0;
  known.set(operation, result);
  return result;
}

/** Equal to the user subgraph's own error. */
function rejection(): GraphQLError {
  const { message, code, retryAfterSeconds } = tooManyLogins();
  return new GraphQLError(message, {
    extensions: { code: graphqlCodeOf(code), retryAfterSeconds, serviceName: 'user' },
  });
}
