import type { ApolloGateway } from '@apollo/gateway';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { FailedFetchError } from './failed-fetch-error';
import { lostFields } from './lost-fields';
import { lostFetches, type QueryPlan } from './planned-fetches';

type Execute = Awaited<ReturnType<ApolloGateway['load']>>['executor'];
type ExecutionRequest = Parameters<Execute>[0];
type ResponseError = GraphQLError | GraphQLFormattedError;

/**
 * Replaces the error of a failed fetch by one error per affected field, with the path of the field,
 * as if the field itself had failed (GraphQL specification, October 2021, section 6.4.4). Clients
 * need it to distinguish a failed field from a null value. @apollo/gateway 2.14 adds one error
 * without a path.
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
    return { ...response, errors: errors.flatMap((error) => locate(error, plan, data)) as GraphQLError[] };
  };
}

/** If no field is null, because another subgraph provided it, the error stays without a path. */
function locate(error: ResponseError, plan: QueryPlan, data: unknown): ResponseError[] {
  const failed = failedFetchOf(error);
  if (!failed) return [error];
  const paths = lostFetches(plan, failed.fetch).flatMap((fetch) => lostFields(data, fetch));
  const distinct = new Map(paths.map((path) => [JSON.stringify(path), path]));
  if (distinct.size === 0) return [error];
  const { message, extensions } = error;
  return [...distinct.values()].map(
    (path) => new GraphQLError(message, { path, extensions, originalError: failed }),
  );
}

/** @apollo/gateway wraps the errors of a fetch. */
function failedFetchOf(error: ResponseError): FailedFetchError | undefined {
  const original = error instanceof GraphQLError ? error.originalError : undefined;
  return original instanceof FailedFetchError ? original : undefined;
}
