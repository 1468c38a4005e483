import type { Logger } from '@shop/kit/logger';
import { customScalars } from '@shop/kit/scalars';
import { hashOfSchema } from '@shop/kit/service';
import { type GraphQLSchema, isScalarType, parse } from 'graphql';
import { type CacheHints, readCacheHints } from '../caching/cache-hints';
import type { PlannableOperation } from '../execution/execution-request';
import { createPlanExecutor } from '../execution/plan-executor';
import { type CostTable, readCostTable } from '../limits/cost-table';
import { type Executor, withErrorPaths } from '../subgraphs/error-paths';
import type { QueryPlan } from '../subgraphs/planned-fetches';
import type { DataSource } from '../subgraphs/subgraph-data-source';
import { DistinctNames } from './operation-names';
import { PlanSpans } from './plan-spans';
import { PlanCache } from './plan-cache';
import { rejectUnplannable } from './unplannable';

export type { Executor };

/** A composed supergraph that is ready to execute operations. */
export interface SupergraphVersion {
  /** Start of the SHA-256 of its text. */
  id: string;
  /** The composed text. */
  sdl: string;
  /** The API schema, which clients see. */
  schema: GraphQLSchema;
  /** `@cost` and `@listSize` of its fields. */
  costs: CostTable;
  cacheHints: CacheHints;
  execute: Executor;
  /**
   * Plans an operation, so that its first request does not wait for the plan.
   *
   * @throws Error if it cannot be planned
   */
  plan(operation: PlannableOperation): Promise<void>;
  /** Number of query plans in the cache. */
  planCount(): number;
}

/** @throws Error if `sdl` is not a supergraph that can be served */
export async function loadSupergraphVersion(options: {
  sdl: string;
  logger: Logger;
  dataSourceFor: (subgraph: { name: string; url: string }) => DataSource;
}): Promise<SupergraphVersion> {
  const { sdl, logger, dataSourceFor } = options;
  const plans = new WeakMap<object, QueryPlan>();
  const planSpans = new PlanSpans();
  const cache = new PlanCache();
  const planExecutor = createPlanExecutor({
    ...{ sdl, dataSourceFor, cache },
    onPrepared: (request, { plan }) => {
      planSpans.end(request);
      plans.set(request, plan);
    },
  });
  const { schema } = planExecutor;
  parseCustomScalars(schema);
  const supergraph = parse(sdl, { noLocation: true });
  const executePlannable = rejectUnplannable(planSpans.start(planExecutor.execute), logger);
  const executeWithPaths = withErrorPaths(executePlannable, (request) => plans.get(request));
  const names = new DistinctNames(supergraph);
  const execute = names.executor(executeWithPaths);
  const id = hashOfSchema(sdl);
  const costs = readCostTable(supergraph);
  const cacheHints = readCacheHints(supergraph);
  return {
    ...{ id, sdl, schema, costs, cacheHints, execute },
    plan: (operation) => planExecutor.plan(names.rename(operation)),
    planCount: () => cache.entries,
  };
}

/**
 * Sets the parsing functions of a schema's custom scalars to those of the subgraphs. A schema built
 * from SDL accepts any value for them; a subgraph would then reject the literal, which the gateway
 * reports as an internal error. Mutates the schema.
 */
function parseCustomScalars(schema: GraphQLSchema): void {
  for (const { name, parseValue, parseLiteral } of Object.values(customScalars)) {
    const scalar = schema.getType(name);
    if (isScalarType(scalar)) Object.assign(scalar, { parseValue, parseLiteral });
  }
}
