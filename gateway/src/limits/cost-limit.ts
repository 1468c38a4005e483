import type { ApolloServerPlugin } from '@apollo/server';
import { histogram } from '@shop/kit/metrics';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { GatewaySettings } from '../config';
import type { GatewayContext } from '../context';
import type { CostTable } from './cost-table';
import { operationCost } from './operation-cost';

/** `measure` only counts what `enforce` would reject. */
export type CostSettings = Pick<GatewaySettings, 'GRAPHQL_COST_MODE' | 'GRAPHQL_MAX_COST'>;

/**
 * Computes the cost of each operation before it is planned; 400 above the limit. Operations of the
 * REST facade are measured but not limited: they are constant, and the facade's largest page
 * (100 orders with 100 lines) is part of its contract.
 */
export function limitCost(
  { GRAPHQL_COST_MODE: mode, GRAPHQL_MAX_COST: limit }: CostSettings,
  costsOf: (schema: GraphQLSchema) => CostTable,
): ApolloServerPlugin<GatewayContext> {
  const costs = histogram({
    name: 'graphql_operation_cost',
    help: 'What operations cost by @cost and @listSize, by whether they were let through.',
    labelNames: ['outcome'],
    buckets: [10, 100, 1_000, 10_000, 100_000],
  });
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation({ schema, document, operation, request }) {
          // refuseUnknownOperation says so.
          if (!operation) return Promise.resolve();
          const cost = operationCost({
            ...{ schema, document, operation },
            variables: request.variables ?? {},
            costs: costsOf(schema),
          });
          // The facade executes its operations without HTTP.
          const isEnforced = mode === 'enforce' && request.http !== undefined;
          const isTooDear = cost > limit && isEnforced;
          costs.observe({ outcome: isTooDear ? 'refused' : 'passed' }, cost);
          if (isTooDear) throw tooDear(cost, limit);
          return Promise.resolve();
        },
      }),
  };
}

function tooDear(cost: number, limit: number): GraphQLError {
  const message = `The operation costs up to ${cost}, and ${limit} is the limit: ask for smaller pages (first, last), or for fewer lists inside lists.`;
  return new GraphQLError(message, {
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } },
  });
}
