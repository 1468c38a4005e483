import type { ApolloServerPlugin } from '@apollo/server';
import { maximumNamedErrors } from '@shop/kit/errors';
import type { GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from '../context';
import { errorsAtLists, maximumErrorsBesideData } from './errors-at-lists';

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
          const limited = data ? limitBesideData(errors) : errors.slice(0, maximumNamedErrors);
          body.singleResult.errors = limited.map(withShortMessage);
          return Promise.resolve();
        },
      }),
  };
}

/** A null without an error would be an answer, so errors are merged before any is left out. */
function limitBesideData(errors: readonly GraphQLFormattedError[]): readonly GraphQLFormattedError[] {
  if (errors.length <= maximumErrorsBesideData) return errors;
  return errorsAtLists(errors).slice(0, maximumErrorsBesideData);
}

function withShortMessage(error: GraphQLFormattedError): GraphQLFormattedError {
  if (error.message.length <= longestMessage) return error;
  // A lone surrogate at the end is not valid UTF-8.
  const message = error.message.slice(0, longestMessage).replace(/[\ud800-\udbff]$/, '');
  return { ...error, message: `${message}…` };
}
