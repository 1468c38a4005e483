import type { ApolloServerPlugin } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLFormattedError } from 'graphql';
import { isConnectionLost } from '../database';
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
    if (unexpected !== undefined) logger.error('request failed', { error: unexpected, path: formatted.path });
    return answer;
  };
}

/** A database that is away is nobody's bug: it will be back. */
function nameOutage(error: unknown): unknown {
  const cause = unwrapResolverError(error);
  if (!isConnectionLost(cause)) return error;
  const message = 'The database does not answer just now: repeat the request after a moment.';
  return new AppError('upstream_unavailable', message, { cause, retryAfterSeconds: 1 });
}
