import type { ApolloServerPlugin } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLFormattedError } from 'graphql';
import { isConnectionLost, isDatabaseBusy } from '../database';
import { AppError, toGraphqlError } from '../errors';
import type { Logger } from '../logger';

/** Tells the caller, in a header, that an idempotency key found its first answer: nothing was done again. */
export function answerHeaders<
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

/** For Apollo's `formatError`: masks what is not for the caller and logs what is ours to mend. */
export function maskAndLog(logger: Logger) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const { answer, unexpected } = toGraphqlError(formatted, nameOutage(error));
    if (unexpected !== undefined) logFailure(logger, unexpected, formatted.path);
    return answer;
  };
}

function logFailure(logger: Logger, error: unknown, path: GraphQLFormattedError['path']): void {
  if (!(error instanceof AppError) || error.code !== 'upstream_unavailable') {
    logger.error('request failed', { error, path });
    return;
  }
  // Somebody else's outage: nothing here is to be mended, and no stack would help.
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  logger.warn('request failed', { reason: error.message, cause, path });
}

/** A database that is away, or has more to do than it can, is nobody's bug: it will be back. */
function nameOutage(error: unknown): unknown {
  const cause = unwrapResolverError(error);
  if (!isConnectionLost(cause) && !isDatabaseBusy(cause)) return error;
  const message = 'The database does not answer just now: repeat the request after a moment.';
  return new AppError('upstream_unavailable', message, { cause, retryAfterSeconds: 1 });
}
