import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import { counter } from '@shop/kit/metrics';
import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { GatewayContext } from '../context';
import type { ExecutionRequest, ExecutionResult } from '../execution/execution-request';
import type { Executor } from '../subgraphs/error-paths';
import { type CacheHints, maxAgeOf } from './cache-hints';

/** Of the responses as JSON; their objects in memory are several times as large. */
const maximumBytes = 8 * 1_024 * 1_024;
/** Responses with longer keys are not cached. */
const longestKey = 4_096;

const requests = counter({
  name: 'gateway_response_cache_requests_total',
  help: 'Anonymous queries that can be cached, by whether they were cached, shared with an equal one, or executed.',
  labels: { outcome: ['hit', 'joined', 'miss'] },
});

interface CachedOperation {
  schema: GraphQLSchema;
  maxAgeSeconds: number;
  /** Part of the cache key. */
  id: number;
}

/**
 * Reuses the responses of anonymous queries for the time that `maxAgeOf` returns, and executes
 * equal concurrent queries once. A request with an access token is always executed, so that
 * administrators see their own changes. Responses with errors are not reused.
 *
 * Sets `answer.maxAgeSeconds` of the context for each response that does not depend on the caller;
 * to 0 if the cache is off or was not used.
 */
export function cacheResponses(
  execute: Executor,
  { hintsOf, isOn }: { hintsOf: (schema: GraphQLSchema) => CacheHints; isOn: boolean },
): Executor {
  const operations = new WeakMap<OperationDefinitionNode, CachedOperation>();
  const responses = new InMemoryLRUCache<ExecutionResult>({
    maxSize: maximumBytes,
    sizeCalculation: (response, key) => key.length + JSON.stringify(response).length,
  });
  const running = new Map<string, Promise<ExecutionResult>>();
  let lastId = 0;

  function cachedOperation({ schema, document, operation }: ExecutionRequest): CachedOperation {
    const known = operations.get(operation);
    if (known?.schema === schema) return known;
    const maxAgeSeconds = maxAgeOf({ schema, document, operation }, hintsOf(schema));
    const cached = { schema, maxAgeSeconds, id: (lastId += 1) };
    operations.set(operation, cached);
    return cached;
  }

  async function executed(request: ExecutionRequest, key: string, maxAgeSeconds: number) {
    // The data may have been read at the start of the request, so its time begins here.
    const expiresAt = performance.now() + maxAgeSeconds * 1_000;
    const response = await execute(request);
    const ttl = (expiresAt - performance.now()) / 1_000;
    if (isReusable(response) && ttl > 0) await responses.set(key, response, { ttl });
    return response;
  }

  return async (request) => {
    const { maxAgeSeconds, id } = cachedOperation(request);
    if (maxAgeSeconds === 0) return execute(request);
    const context = request.context as unknown as GatewayContext;
    const key = `${id} ${JSON.stringify(variablesOf(request))}`;
    if (!isOn || context.authorization !== undefined || key.length > longestKey) {
      const response = await execute(request);
      if (isReusable(response)) context.answer.maxAgeSeconds = 0;
      return response;
    }
    const cached = await responses.get(key);
    const pending = running.get(key);
    // If the query fails, this request has only the rest of its time for another one.
    if (!cached && pending) context.budget.beginWaiting();
    const joined = cached ?? (pending && (await pending.catch(() => undefined)));
    if (joined && isReusable(joined)) {
      requests.inc({ outcome: cached ? 'hit' : 'joined' });
      context.answer.maxAgeSeconds = maxAgeSeconds;
      return joined;
    }
    requests.inc({ outcome: 'miss' });
    const response = executed(request, key, maxAgeSeconds);
    running.set(key, response);
    try {
      const result = await response;
      if (isReusable(result)) context.answer.maxAgeSeconds = maxAgeSeconds;
      return result;
    } finally {
      if (running.get(key) === response) running.delete(key);
    }
  };
}

/** Only declared variables: others do not change the response and must not change its key. */
function variablesOf({ operation, request }: ExecutionRequest): object {
  const variables: Readonly<Record<string, unknown>> = request.variables ?? {};
  const declared = (operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
  return Object.fromEntries(
    declared.filter((name) => Object.hasOwn(variables, name)).map((name) => [name, variables[name]]),
  );
}

/** `valueCompletion` is reported as errors; see `reportSchemaViolations`. */
function isReusable({ errors, extensions }: ExecutionResult): boolean {
  return !errors?.length && extensions?.['valueCompletion'] === undefined;
}
