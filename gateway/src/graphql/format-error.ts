import { graphqlCodeOf, toGraphqlError } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import { currentRequestContext } from '@shop/kit/request-context';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { missingBelow } from '../limits/errors-at-lists';
import { codeOfGraphqlCode } from '../rest/problem-types';

/**
 * For Apollo's `formatError`: what of an error may leave the platform. An allow-list, because @apollo/gateway hands on
 * whatever a subgraph puts into its extensions: address, HTTP body, stack. The rest is masked and logged.
 */
export function formatGatewayError(logger: Logger) {
  /** Logs a failed fetch once, although each affected field has its own error. */
  const loggedFetches = new WeakSet<Error>();
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    if (!isFromSubgraph(formatted)) {
      const { response: answer, unexpected } = toGraphqlError(formatted, error);
      if (unexpected !== undefined)
        logger.error('request failed', { error: withoutValues(unexpected), path: formatted.path });
      return answer;
    }
    const code = codeOfGraphqlCode(formatted.extensions?.['code']);
    if (code !== undefined && code !== 'internal') return shownError(formatted);
    const fetchError = error instanceof GraphQLError ? error.originalError : undefined;
    if (fetchError && loggedFetches.has(fetchError)) return maskedError(formatted);
    if (fetchError) loggedFetches.add(fetchError);
    logger.error('subgraph failed', {
      subgraph: formatted.extensions?.['serviceName'],
      // Not its message: it may quote anything. The subgraph's own log has it, under the same request id.
      code: formatted.extensions?.['code'],
      path: formatted.path,
    });
    return maskedError(formatted);
  };
}

/** graphql-js names the value that does not fit the schema; the path says where. */
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
  const requestId = currentRequestContext()?.requestId;
  return {
    message: `Internal error.${message.endsWith(missingBelow) ? missingBelow : ''}`,
    ...(path ? { path } : {}),
    extensions: { code: graphqlCodeOf('internal'), ...(requestId ? { requestId } : {}) },
  };
}
