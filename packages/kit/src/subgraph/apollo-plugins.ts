import type { ApolloServerPlugin } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLFormattedError } from 'graphql';
import { outageOf } from '../database/outage';
import { AppError, toGraphqlError } from '../errors';
import type { Logger } from '../logger';
import { noteUnexpectedError } from '../telemetry';

/** Sets a header if the response is the stored one of an idempotency key. */
export function responseHeaders<
  Context extends { answer: { replayed: boolean } },
>(): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse({ contextValue, response }) {
          if (contextValue.answer.replayed) response.http.headers.set('idempotent-replayed', 'true');
          return Promise.resolve();
        },
      }),
  };
}

/** For Apollo's `formatError`: masks internal errors and logs them. */
export function maskAndLog(logger: Logger) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const { response, unexpected } = toGraphqlError(formatted, nameOutage(error));
    if (unexpected !== undefined) {
      noteUnexpectedError(unexpected);
      logFailure(logger, unexpected, formatted.path);
    }
    return response;
  };
}

function logFailure(logger: Logger, error: unknown, path: GraphQLFormattedError['path']): void {
  if (!(error instanceof AppError) || error.code !== 'upstream_unavailable') {
    logger.error('request failed', { error, path });
    return;
  }
  // An outage of another process, so no stack.
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  logger.warn('request failed', { reason: error.message, cause, path });
}

/** An unavailable or overloaded database is a temporary failure. */
function nameOutage(error: unknown): unknown {
  return outageOf(unwrapResolverError(error)) ?? error;
}
