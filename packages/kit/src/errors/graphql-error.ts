import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLFormattedError } from 'graphql';
import { currentRequestContext } from '../request-context';
import { AppError } from './app-error';
import { graphqlCodeOf, isServerFault } from './codes';

/**
 * Codes of graphql-js and Apollo Server for invalid requests; their messages contain no internals.
 */
const requestErrors = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'PERSISTED_QUERY_NOT_IN_LIST',
]);

/**
 * Converts an error into one that is safe for clients. `unexpected` is set if the error must be
 * logged. Any error other than an AppError or an invalid request is masked.
 */
export function toGraphqlError(
  formatted: GraphQLFormattedError,
  error: unknown,
): { response: GraphQLFormattedError; unexpected?: unknown } {
  const original = unwrapResolverError(error);
  const place = {
    ...(formatted.path ? { path: formatted.path } : {}),
    ...(formatted.locations ? { locations: formatted.locations } : {}),
  };
  if (original instanceof AppError) {
    const extensions = {
      code: graphqlCodeOf(original.code),
      ...(original.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: original.retryAfterSeconds }),
    };
    const response = { message: original.message, ...place, extensions };
    return isServerFault(original.code) ? { response, unexpected: original } : { response };
  }
  const code = formatted.extensions?.['code'];
  if (typeof code === 'string' && requestErrors.has(code)) {
    return { response: { message: formatted.message, ...place, extensions: { code } } };
  }
  return {
    response: { message: 'Internal error.', ...place, extensions: internalExtensions() },
    unexpected: original,
  };
}

function internalExtensions() {
  const requestId = currentRequestContext()?.requestId;
  return { code: graphqlCodeOf('internal'), ...(requestId ? { requestId } : {}) };
}
