import type { ApolloServerPlugin } from '@apollo/server';
import { maximumNamedErrors } from '@shop/kit/errors';
import type { GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from '../context';

/** Beside data each error says why a field is null, so a page of 100 objects may have one for each. */
const maximumErrorsBesideData = 100;

/** graphql-js repeats in each message the value that does not fit, all of it. */
const longestMessage = 1_000;

/** Bounds `errors` of an answer; of a request that was refused as a whole the first 20 are enough. */
export function limitErrors(): ApolloServerPlugin<GatewayContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse({ response: { body } }) {
          if (body.kind !== 'single' || !body.singleResult.errors) return Promise.resolve();
          const { data, errors } = body.singleResult;
          const limit = data ? maximumErrorsBesideData : maximumNamedErrors;
          body.singleResult.errors = errors.slice(0, limit).map(withShortMessage);
          return Promise.resolve();
        },
      }),
  };
}

function withShortMessage(error: GraphQLFormattedError): GraphQLFormattedError {
  if (error.message.length <= longestMessage) return error;
  // Half of a surrogate pair at the end would not be UTF-8.
  const message = error.message.slice(0, longestMessage).replace(/[\ud800-\udbff]$/, '');
  return { ...error, message: `${message}…` };
}
