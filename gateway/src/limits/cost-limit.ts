import type { ApolloServerPlugin } from '@apollo/server';
import { histogram } from '@shop/kit/metrics';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { GatewaySettings } from '../config';
import type { GatewayContext } from '../context';
import type { CostTable } from './cost-table';
import { operationCost, type OperationRequest } from './operation-cost';

const costs = histogram({
  name: 'graphql_operation_cost',
  help: 'Cost of operations by @cost and @listSize, by whether they were rejected.',
  labels: { outcome: ['passed', 'refused'] },
  buckets: [10, 100, 1_000, 10_000, 100_000],
});

/**
 * Computes the cost of each operation before it is planned; 400 above the limit. Operations of the
 * REST facade are measured but not limited: they are constant, and the facade's largest page
 * (100 orders with 100 lines) is part of its contract.
 */
export function limitCost({ priceOf, limit }: CostLimit): ApolloServerPlugin<GatewayContext> {
  return {
    requestDidStart: async () => ({
      async didResolveOperation({ schema, document, operation, request }) {
        // rejectUnknownOperation reports the error.
        if (!operation) return;
        const variables = request.variables ?? {};
        // The facade executes its operations without HTTP.
        const price = priceOf({ schema, document, operation, variables }, request.http !== undefined);
        countCost(price);
        if (price.isTooExpensive) throw tooExpensive(price.cost, limit);
      },
    }),
  };
}

interface Price {
  cost: number;
  isTooExpensive: boolean;
}

export interface CostLimit {
  limit: number;
  /** @param isOfClient false for operations of the REST facade, which are not limited */
  priceOf(request: OperationRequest, isOfClient: boolean): Price;
}

export function createCostLimit(
  { GRAPHQL_COST_MODE: mode, GRAPHQL_MAX_COST: limit }: GatewaySettings,
  costsOf: (schema: GraphQLSchema) => CostTable,
): CostLimit {
  return {
    limit,
    priceOf(request, isOfClient) {
      const cost = operationCost({ ...request, costs: costsOf(request.schema) });
      return { cost, isTooExpensive: cost > limit && mode === 'enforce' && isOfClient };
    },
  };
}

export function countCost({ cost, isTooExpensive }: Price): void {
  costs.observe({ outcome: isTooExpensive ? 'refused' : 'passed' }, cost);
}

function tooExpensive(cost: number, limit: number): GraphQLError {
  const message = `The operation costs up to ${cost}, and ${limit} is the limit: select smaller pages (first, last), or fewer lists inside lists.`;
  return new GraphQLError(message, {
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } },
  });
}
