import type { ApolloGateway } from '@apollo/gateway';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { maximumErrorsBesideData, missingBelow } from '../limits/error-limit';
import {
  lostFetches,
  type PlannedFetch,
  type QueryPlan,
  type ResponsePath,
  type Selections,
  type SentFetch,
} from './planned-fetches';

type ApolloExecutor = Awaited<ReturnType<ApolloGateway['load']>>['executor'];
type ApolloRequest = Parameters<ApolloExecutor>[0];

/** The part of Apollo Server's gateway request that is used. */
type Request = Pick<
  ApolloRequest,
  'schema' | 'document' | 'operation' | 'operationName' | 'queryHash' | 'context'
> & {
  request: Pick<ApolloRequest['request'], 'variables' | 'operationName'> & {
    /** Undefined for an operation of the REST facade. */
    http?: object | undefined;
  };
};

/** Executes operations by query plans, as ApolloGateway does. */
export type Executor = (request: Request) => ReturnType<ApolloExecutor>;
type ResponseError = GraphQLError | GraphQLFormattedError;

/** The error of a failed fetch. It has no path; `withErrorPaths` finds the affected fields. */
export class FailedFetchError extends GraphQLError {
  constructor(
    { message, extensions }: GraphQLFormattedError,
    readonly fetch: SentFetch,
  ) {
    super(message, { extensions });
  }
}

/** True for an error without a path, or whose path is `_entities`, which is no client field. */
export function isOfWholeFetch({ path = [] }: GraphQLFormattedError): boolean {
  return path.length === 0 || (path.length === 1 && path[0] === '_entities');
}

/**
 * Replaces the error of a failed fetch, which @apollo/gateway 2.14 leaves without a path, by one
 * error for each field that is null because of it (GraphQL specification, "Errors and Non-Null
 * Fields"), so that clients can distinguish these nulls from null values. More fields than a
 * response may have errors are reported by the lists that contain them.
 *
 * @param planOf returns the plan that `execute` used for a request
 */
export function withErrorPaths(
  execute: Executor,
  planOf: (request: Request) => QueryPlan | undefined,
): Executor {
  return async (request) => {
    const response = await execute(request);
    const { data, errors } = response;
    const plan = errors?.some(failedFetchOf) ? planOf(request) : undefined;
    if (!errors || !plan) return response;
    return { ...response, errors: locateAll(errors, plan, data) as GraphQLError[] };
  };
}

function locateAll(errors: readonly ResponseError[], plan: QueryPlan, data: unknown): ResponseError[] {
  const atFields = errors.flatMap((error) => locate(error, plan, data, 'field'));
  if (atFields.length <= maximumErrorsBesideData) return atFields;
  return errors.flatMap((error) => locate(error, plan, data, 'list'));
}

/** What represents a null inside a list: its own path, or the path of the outermost list. */
type Precision = 'field' | 'list';

/** Without a path if no field is null, because another subgraph returned the same fields. */
function locate(error: ResponseError, plan: QueryPlan, data: unknown, precision: Precision): ResponseError[] {
  const failed = failedFetchOf(error);
  if (!failed) return [error];
  const paths = distinctPaths(lostFetches(plan, failed.fetch), data, precision);
  if (paths.length === 0) return [error];
  const { message, extensions } = error;
  return paths.map(
    (path) =>
      new GraphQLError(isNullAt(data, path) ? message : message + missingBelow, {
        ...{ path, extensions, originalError: failed },
      }),
  );
}

/** Stops one above the limit, because then none of them is reported. */
function distinctPaths(
  fetches: readonly PlannedFetch[],
  data: unknown,
  precision: Precision,
): ResponsePath[] {
  const distinct = new Map<string, ResponsePath>();
  for (const { path: keys, provides } of fetches) {
    for (const path of nullsAt({ value: data, path: [] }, keys, { provides, precision })) {
      distinct.set(JSON.stringify(path), path);
      if (distinct.size > maximumErrorsBesideData) return [...distinct.values()];
    }
  }
  return [...distinct.values()];
}

function isNullAt(data: unknown, path: ResponsePath): boolean {
  const value = path.reduce<unknown>((object, key) => (object as Record<string, unknown>)[key], data);
  return value === null;
}

/** The gateway wraps the errors of a fetch. */
function failedFetchOf(error: ResponseError): FailedFetchError | undefined {
  const original = error instanceof GraphQLError ? error.originalError : undefined;
  return original instanceof FailedFetchError ? original : undefined;
}

interface Position {
  value: unknown;
  path: ResponsePath;
}

interface Search {
  provides: Selections;
  precision: Precision;
}

/** The nulls at `keys` below a position, in all elements of lists, and the nulls above them. */
function* nullsAt({ value, path }: Position, keys: ResponsePath, search: Search): Generator<ResponsePath> {
  const [key, ...rest] = keys;
  if (value === null) {
    yield path;
  } else if (Array.isArray(value)) {
    yield* nullsInList({ value, path }, key === '@' ? rest : keys, search);
  } else if (key !== undefined) {
    yield* nullsInField({ value, path }, key, rest, search);
  } else {
    for (const [name, provides] of Object.entries(search.provides))
      yield* nullsInField({ value, path }, name, [], { ...search, provides });
  }
}

function* nullsInList(
  { value, path }: Position & { value: unknown[] },
  keys: ResponsePath,
  search: Search,
): Generator<ResponsePath> {
  for (const [index, element] of value.entries()) {
    for (const lost of nullsAt({ value: element, path: [...path, index] }, keys, search)) {
      if (search.precision === 'list') {
        yield path;
        return;
      }
      yield lost;
    }
  }
}

/** The field is missing if the object has another type of its union, or if the field is skipped. */
function* nullsInField(
  { value, path }: Position,
  name: string | number,
  keys: ResponsePath,
  search: Search,
): Generator<ResponsePath> {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return;
  const inner = (value as Record<string, unknown>)[name];
  yield* nullsAt({ value: inner, path: [...path, name] }, keys, search);
}
