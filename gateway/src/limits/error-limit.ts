import type { ApolloServerPlugin } from '@apollo/server';
import { maximumNamedErrors } from '@shop/kit/errors';
import type { GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from '../context';

/** Next to data each error explains a null, and a page of 100 objects may have one per object. */
const maximumErrorsBesideData = 100;

/** Messages of graphql-js contain the whole invalid value. */
const longestMessage = 1_000;

/** Limits `errors` of a response: 20 if the request was rejected, more next to data. */
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
  // A lone surrogate at the end is not valid UTF-8.
  const message = error.message.slice(0, longestMessage).replace(/[\ud800-\udbff]$/, '');
  return { ...error, message: `${message}…` };
}
