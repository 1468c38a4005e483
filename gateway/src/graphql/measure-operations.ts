import type { ApolloServerPlugin } from '@apollo/server';
import { graphqlCodeOf } from '@shop/kit/errors';
import { boundedHistogram, sampledTraceId } from '@shop/kit/metrics';
import type { GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from '../context';
import type { PersistedOperations } from '../persisted/persisted-operations';
import { SubgraphTime } from '../subgraphs/subgraph-time';

const duration = boundedHistogram({
  name: 'graphql_operation_duration_seconds',
  help: 'Time of an operation in the gateway, of /graphql and of the REST facade.',
  labels: {
    operation: 'names in the manifest of persisted operations, other',
    outcome:
      'ok, error for a failure of the shop, rejected if the client can correct every error, aborted if the client disconnected',
  },
  // 0.3 s and 1 s are the limits of the service level objectives.
  buckets: [0.005, 0.025, 0.1, 0.3, 1, 2.5],
  maximumCombinations: 100,
  surplus: ({ outcome }) => ({ operation: 'other', outcome }),
});

const overhead = boundedHistogram({
  name: 'gateway_overhead_seconds',
  help: 'Time of an operation, without the time in which a subgraph was working on it.',
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1, 2.5],
  maximumCombinations: 1,
  surplus: () => ({}),
});

/** Records the duration of operations by their listed name and outcome. */
export function measureOperations({
  labelOf,
}: Pick<PersistedOperations, 'labelOf'>): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart({ contextValue }) {
      // Apollo Server copies the context for each operation.
      const measurement = new Measurement(contextValue);
      return {
        async willSendResponse({ document, operation, operationName, response: { body } }) {
          const label = document && operation ? labelOf(document, operationName ?? null) : 'other';
          measurement.end(label, body.kind === 'single' ? body.singleResult.errors : undefined);
        },
      };
    },
  };
}

/** Measures one operation, starting now. Sets `subgraphTime` of its context. */
export class Measurement {
  private readonly startedAt = performance.now();
  private readonly traceId = sampledTraceId();
  private readonly subgraphTime = new SubgraphTime();

  constructor(private readonly context: GatewayContext) {
    context.subgraphTime = this.subgraphTime;
  }

  /** @param label of the operation; see `PersistedOperations.labelOf` */
  end(label: string, errors: readonly GraphQLFormattedError[] | undefined): void {
    const totalMs = performance.now() - this.startedAt;
    // After a disconnect, calls of subgraphs are cancelled, which causes errors in the response.
    const outcome = this.context.disconnected.aborted ? 'aborted' : outcomeOf(errors);
    duration.observe({ operation: label, outcome }, totalMs / 1_000, this.traceId);
    if (outcome === 'ok' || outcome === 'error')
      overhead.observe({}, Math.max(0, totalMs - this.subgraphTime.totalMs()) / 1_000);
  }
}

const serverFaults: ReadonlySet<unknown> = new Set([
  graphqlCodeOf('internal'),
  graphqlCodeOf('upstream_unavailable'),
]);

function outcomeOf(errors: readonly GraphQLFormattedError[] = []): 'ok' | 'error' | 'rejected' {
  if (errors.length === 0) return 'ok';
  return errors.some(({ extensions }) => serverFaults.has(extensions?.['code'])) ? 'error' : 'rejected';
}
