// Not exported by the package, whose version is pinned.
import { applyRewrites } from '@apollo/gateway/dist/dataRewrites';
import { Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { Executor } from '../subgraphs/error-paths';
import type { DataSource } from '../subgraphs/subgraph-data-source';
import { executePlan, type PlanExecutionOptions } from './execute-plan';
import type { ExecutionRequest, ExecutionResult, PlannableOperation, Variables } from './execution-request';
import { type PreparedOperation, prepareOperation } from './prepared-operation';
import type { ShapedResponse } from './shape-response';

/** The prepared operations of one supergraph. */
interface OperationCache {
  get(key: string): Promise<PreparedOperation | undefined>;
  set(key: string, operation: PreparedOperation): Promise<void>;
}

interface PlanExecutorOptions {
  sdl: string;
  dataSourceFor: (subgraph: { name: string; url: string }) => DataSource;
  cache: OperationCache;
  /** Called with the operation of a request before it is executed. */
  onPrepared(request: ExecutionRequest, operation: PreparedOperation): void;
}

/**
 * Maximum number of plans compared per operation. Most operations have one: only @shareable types
 * and several @keys give alternatives. Comparing plans blocks the event loop.
 */
const maxEvaluatedPlans = 100;

/**
 * Executes operations on a composed supergraph by the plans of Apollo's query planner. Their
 * variables have been validated.
 *
 * @throws Error if `sdl` is not a supergraph that can be served
 */
export function createPlanExecutor(options: PlanExecutorOptions): {
  schema: GraphQLSchema;
  execute: Executor;
  /**
   * Plans an operation, so that its first execution finds the plan in the cache.
   *
   * @throws Error if it cannot be planned
   */
  plan(request: PlannableOperation): Promise<void>;
} {
  const supergraph = Supergraph.build(options.sdl, { validateSupergraph: true });
  const apiSchema = supergraph.apiSchema();
  const planner = new QueryPlanner(supergraph, { debug: { maxEvaluatedPlans } });
  const dataSources = new Map(
    supergraph.subgraphsMetadata().map(({ name, url }) => [name, options.dataSourceFor({ name, url })]),
  );
  const rewrite = createRewrite(supergraph);

  async function prepare(request: PlannableOperation): Promise<PreparedOperation> {
    return (await options.cache.get(planKeyOf(request))) ?? plan(request);
  }

  async function plan(request: PlannableOperation): Promise<PreparedOperation> {
    const prepared = prepareOperation(request, { apiSchema, supergraph: supergraph.schema, planner });
    await options.cache.set(planKeyOf(request), prepared);
    return prepared;
  }

  async function execute(request: ExecutionRequest): Promise<ExecutionResult> {
    const operation = await prepare(request);
    options.onPrepared(request, operation);
    const variables = variablesOf(request, operation);
    const { data, errors } = await executePlan(operation.steps, {
      ...{ request, variables, dataSources, rewrite },
    });
    return respond(() => operation.shape.shape(request, data, variables), errors);
  }

  return {
    schema: apiSchema.toGraphQLJSSchema(),
    execute,
    plan: async (request) => void (await plan(request)),
  };
}

/**
 * Identifies a plan of the supergraph. Introspection fields are removed before, so the hash identifies the
 * rest of the document.
 */
export function planKeyOf({ queryHash, operation }: PlannableOperation): string {
  return `${queryHash} ${operation.name?.value ?? ''}`;
}

function variablesOf({ request }: ExecutionRequest, { booleanDefaults }: PreparedOperation): Variables {
  const variables = new Map<string, unknown>(booleanDefaults);
  for (const [name, value] of Object.entries(request.variables ?? {}))
    if (value !== undefined) variables.set(name, value);
  return variables;
}

/** Violations are reported as ApolloGateway does it, and only if no fetch has failed. */
function respond(shape: () => ShapedResponse, errors: GraphQLError[]): ExecutionResult {
  try {
    const { data, violations } = shape();
    const shaped = data === undefined ? {} : { data };
    if (errors.length > 0) return { ...shaped, errors };
    return violations.length > 0 ? { ...shaped, extensions: { valueCompletion: violations } } : shaped;
  } catch (error) {
    return { errors: [error instanceof GraphQLError ? error : asGraphqlError(error)] };
  }
}

function asGraphqlError(error: unknown): GraphQLError {
  if (error instanceof Error) return new GraphQLError(error.message, { originalError: error });
  return new GraphQLError(`The response cannot be shaped: ${String(error)}.`);
}

/** Few supergraphs need rewrites (renamed interface fields), so their schema is built on demand. */
function createRewrite(supergraph: Supergraph): PlanExecutionOptions['rewrite'] {
  let schema: GraphQLSchema | undefined;
  return (rewrites, value) => {
    if (!rewrites || rewrites.length === 0) return;
    schema ??= supergraph.schema.toGraphQLJSSchema();
    applyRewrites(schema, rewrites, value);
  };
}
