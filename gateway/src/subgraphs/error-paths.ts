import type { ApolloGateway } from '@apollo/gateway';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { maximumErrorsBesideData, missingBelow } from '../limits/errors-at-lists';
import { FailedFetchError, type ResponsePath } from './failed-fetch-error';
import { lostFields, type Precision } from './lost-fields';
import { lostFetches, type PlannedFetch, type QueryPlan } from './planned-fetches';

type Execute = Awaited<ReturnType<ApolloGateway['load']>>['executor'];
type ExecutionRequest = Parameters<Execute>[0];
type ResponseError = GraphQLError | GraphQLFormattedError;

/**
 * Gives the error of a fetch that failed as a whole the paths of the fields that it cost: one error for each, as if the field itself
 * had failed (GraphQL specification, "Errors and Non-Null Fields"). A client sees by it which null is an answer and which
 * is not. @apollo/gateway 2.14 leaves such an error without a path. More fields than an answer may have errors are reported by the
 * lists that they are in.
 *
 * @param planOf returns the plan that `execute` used for a request
 */
export function withErrorPaths(
  execute: Execute,
  planOf: (request: ExecutionRequest) => QueryPlan | undefined,
): Execute {
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

/** An error that cost nothing, because another subgraph gave the same fields, stays without a path. */
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

/** Stops one beyond the limit, because then none of them is reported. */
function distinctPaths(
  fetches: readonly PlannedFetch[],
  data: unknown,
  precision: Precision,
): ResponsePath[] {
  const distinct = new Map<string, ResponsePath>();
  for (const fetch of fetches) {
    for (const path of lostFields(data, fetch, precision)) {
      distinct.set(JSON.stringify(path), path);
      if (distinct.size > maximumErrorsBesideData) return [...distinct.values()];
    }
  }
  return [...distinct.values()];
}

function isNullAt(data: unknown, path: ResponsePath): boolean {
  const value = path.reduce<unknown>(
    (object, key) => (object as Record<string | number, unknown>)[key],
    data,
  );
  return value === null;
}

/** The gateway wraps the errors of a fetch. */
function failedFetchOf(error: ResponseError): FailedFetchError | undefined {
  const original = error instanceof GraphQLError ? error.originalError : undefined;
  return original instanceof FailedFetchError ? original : undefined;
}
