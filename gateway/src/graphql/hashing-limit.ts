import type { ApolloServerOptions } from '@apollo/server';
import { tooManyLogins } from '@shop/access';
import { withTimeLimit } from '@shop/kit/deadline';
import { graphqlCodeOf } from '@shop/kit/errors';
import { counter } from '@shop/kit/metrics';
import { type DocumentNode, GraphQLError, type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import type { GatewaySettings } from '../config';
import type { GatewayContext } from '../context';
import { DocumentMeasure } from '../limits/document-size';
import { ConcurrencyLimiter, NotStarted } from '../limits/concurrency-limiter';
import type { ReloadingGateway } from '../supergraph/reloading-gateway';
import type { SupergraphVersion } from '../supergraph/supergraph-version';

type Gateway = NonNullable<ApolloServerOptions<GatewayContext>['gateway']>;
type Executor = SupergraphVersion['execute'];
type ExecutedRequest = Parameters<Executor>[0];

/** Each operation gets a limit in between, so that many are not rejected at the same moment. */
const waitMs = { from: 2_000, to: 4_000 };

/**
 * Limits the concurrent operations that need a password hash. Many simultaneous logins wait for their hashes in any case;
 * here they do so without blocking the thread of this process for other requests.
 */
export function withHashingLimit(gateway: ReloadingGateway, settings: GatewaySettings): Gateway {
  const limiter = new ConcurrencyLimiter({
    maximumInFlight: settings.SIGN_INS_AT_ONCE,
    maximumWaiting: settings.SIGN_INS_WAITING,
  });
  const refused = counter({
    name: 'graphql_sign_ins_refused_total',
    help: 'Logins and registrations that were rejected with a retry time, by kind: time_up or overloaded.',
    labelNames: ['kind'],
  });
  const limited =
    (execute: Executor): Executor =>
    async (request) => {
      if (!costsHash(request)) return execute(request);
      const { clientAddress, gone } = request.context as unknown as GatewayContext;
      try {
        return await withTimeLimit(waitingMs(), gone, (signal) =>
          limiter.run(clientAddress, () => execute(request), signal),
        );
      } catch (error) {
        if (!(error instanceof NotStarted)) throw error;
        if (!gone.aborted) refused.inc({ kind: error.kind });
        return { data: null, errors: [refusal()] };
      }
    };
  return {
    load: async () => ({ executor: limited((await gateway.load()).executor) }),
    onSchemaLoadOrUpdate: (listener) => gateway.onSchemaLoadOrUpdate(listener),
    stop: () => gateway.stop(),
  };
}

function waitingMs(): number {
  const { from, to } = waitMs;
  return from + Math.random() * (to - from);
}

/** Documents come from a cache, so each is looked at once. */
const known = new WeakMap<OperationDefinitionNode, boolean>();

function costsHash({ document, operation }: Pick<ExecutedRequest, 'document' | 'operation'>): boolean {
  if (operation.operation !== OperationTypeNode.MUTATION) return false;
  const answer = known.get(operation) ?? hasHash(document, operation);
  known.set(operation, answer);
  return answer;
}

function hasHash(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  return new DocumentMeasure(document).sizeOf(operation).hashes > 0;
}

/** As the subgraph says it when its own places are taken. */
function refusal(): GraphQLError {
  const { message, code, retryAfterSeconds } = tooManyLogins();
  return new GraphQLError(message, {
    extensions: { code: graphqlCodeOf(code), retryAfterSeconds, serviceName: 'user' },
  });
}
