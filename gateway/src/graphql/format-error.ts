import { graphqlCodeOf, isServerFault, toGraphqlError } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import { currentRequestContext } from '@shop/kit/request-context';
import { currentTrace, noteUnexpectedError } from '@shop/kit/telemetry';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { missingBelow } from '../limits/error-limit';
import { codeOfGraphqlCode } from '../rest/shapes/problem-types';

/** The limit of graphql-js, which does not export it (OverlappingFieldsCanBeMergedRule.js). */
const maximumComparisons = 500_000;

/**
 * For Apollo's `formatError`: masks and logs unexpected errors, and adds the trace ID to all. Of a
 * subgraph's error only the listed extensions are kept, because @apollo/gateway passes on all of
 * them: URL, HTTP body, stack.
 */
export function formatGatewayError(logger: Logger) {
  const format = createFormat(logger);
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError =>
    withTraceId(format(formatted, error));
}

/** Adds the trace ID, with which support finds the request in the traces and the logs. */
export function withTraceId(error: GraphQLFormattedError): GraphQLFormattedError {
  const trace = currentTrace();
  return trace ? { ...error, extensions: { ...error.extensions, traceId: trace.traceId } } : error;
}

function createFormat(logger: Logger) {
  /** Logs a failed fetch once, although each affected field has its own error. */
  const loggedFetches = new WeakSet<Error>();
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    if (!isFromSubgraph(formatted)) {
      const { response, unexpected } = toGraphqlError(explained(formatted), error);
      if (unexpected !== undefined) {
        noteUnexpectedError(unexpected);
        logger.error('request failed', { error: withoutValues(unexpected), path: formatted.path });
      }
      return response;
    }
    const code = codeOfGraphqlCode(formatted.extensions?.['code']);
    if (code === undefined || isServerFault(code)) noteUnexpectedError(code ?? 'internal');
    if (code !== undefined && code !== 'internal') return shownError(formatted);
    const fetchError = error instanceof GraphQLError ? error.originalError : undefined;
    if (fetchError && loggedFetches.has(fetchError)) return maskedError(formatted);
    if (fetchError) loggedFetches.add(fetchError);
    logger.error('subgraph error masked', {
      subgraph: formatted.extensions?.['serviceName'],
      // Without the message, which may contain values; the subgraph logs it with the same request ID.
      code: formatted.extensions?.['code'],
      path: formatted.path,
    });
    return maskedError(formatted);
  };
}

/** Replaces the message "Validation aborted." of graphql-js by one that names the limit. */
function explained(formatted: GraphQLFormattedError): GraphQLFormattedError {
  if (formatted.message !== 'Validation aborted.') return formatted;
  const message = `The operation repeats fields so often that comparing them takes more than ${maximumComparisons} steps, which is the limit: select each field once.`;
  return { ...formatted, message };
}

/** Messages of graphql-js quote values. */
function withoutValues(error: unknown): unknown {
  if (!(error instanceof GraphQLError)) return error;
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return { name: error.name, code: error.extensions['code'], stack: frames?.join('\n') };
}

function isFromSubgraph(formatted: GraphQLFormattedError): boolean {
  return typeof formatted.extensions?.['serviceName'] === 'string';
}

function shownError({ message, path, extensions }: GraphQLFormattedError): GraphQLFormattedError {
  const retryAfterSeconds = extensions?.['retryAfterSeconds'];
  return {
    message,
    ...(path ? { path } : {}),
    extensions: {
      code: extensions?.['code'],
      ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
    },
  };
}

function maskedError({ message, path }: GraphQLFormattedError): GraphQLFormattedError {
  return internalError(path, message.endsWith(missingBelow) ? missingBelow : '');
}

/** An error without details; clients can report its request ID. */
export function internalError(path: GraphQLFormattedError['path'], suffix = ''): GraphQLFormattedError {
  const requestId = currentRequestContext()?.requestId;
  return {
    message: `Internal error.${suffix}`,
    ...(path ? { path } : {}),
    extensions: { code: graphqlCodeOf('internal'), ...(requestId ? { requestId } : {}) },
  };
}
