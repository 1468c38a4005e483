import { createHash } from 'node:crypto';
import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import type { Logger } from '@shop/kit/logger';
import { type GraphQLSchema, parse } from 'graphql';
import { type CostTable, readCostTable } from '../limits/cost-table';
import { withDistinctNames } from './operation-names';
import { parseCustomScalars } from './scalar-parsing';
import type { QueryPlan } from '../subgraphs/planned-fetches';
import { withErrorPaths } from '../subgraphs/error-paths';
import { refuseUnplannable } from './unplannable';

/** One composed graph, ready to execute operations. */
export interface SupergraphVersion {
  /** Beginning of the SHA-256 of its text. */
  id: string;
  /** As it was composed. */
  sdl: string;
  /** What clients see. */
  schema: GraphQLSchema;
  /** What the subgraphs say that its fields cost. */
  costs: CostTable;
  execute: Awaited<ReturnType<ApolloGateway['load']>>['executor'];
}

/**
 * Maximum number of plans compared per operation. Most operations have one: only @shareable types
 * and several @keys give alternatives. Comparing plans blocks the event loop.
 */
const maxEvaluatedPlans = 100;

/** @throws Error when `sdl` is no supergraph that can be served */
export async function loadSupergraphVersion(options: {
  sdl: string;
  logger: Logger;
  dataSourceFor: (subgraph: { name: string; url: string }) => GraphQLDataSource;
}): Promise<SupergraphVersion> {
  const { sdl, logger, dataSourceFor } = options;
  const plans = new WeakMap<object, QueryPlan>();
  const gateway = new ApolloGateway({
    supergraphSdl: sdl,
    logger,
    queryPlannerConfig: { debug: { maxEvaluatedPlans } },
    buildService: ({ name, url = '' }) => dataSourceFor({ name, url }),
    experimental_didResolveQueryPlan: ({ requestContext, queryPlan }) => plans.set(requestContext, queryPlan),
  });
  const { schema, executor } = await gateway.load();
  parseCustomScalars(schema);
  const supergraph = parse(sdl, { noLocation: true });
  const executePlannable = refuseUnplannable(executor, logger);
  const executeWithPaths = withErrorPaths(executePlannable, (request) => plans.get(request));
  const execute = withDistinctNames(executeWithPaths, supergraph);
  const id = createHash('sha256').update(sdl).digest('hex').slice(0, 12);
  return { id, sdl, schema, costs: readCostTable(supergraph), execute };
}
