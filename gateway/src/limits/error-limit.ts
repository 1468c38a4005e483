import type { ApolloServerPlugin } from '@apollo/server';
import { maximumNamedErrors } from '@shop/kit/errors';
import type { GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from '../context';

/** Beside data each error explains a null, so a page of 100 objects can have one for each. */
export const maximumErrorsBesideData = 100;

/** Ends the message of an error that represents all nulls below its path. */
export const missingBelow = ' Fields below this path are missing, too many to be listed one by one.';

/** Messages of graphql-js contain the whole invalid value. */
const longestMessage = 1_000;

/** Limits `errors` of a response: 20 if the request was rejected, 100 beside data. */
export function limitErrors(): ApolloServerPlugin<GatewayContext> {
  return {
    requestDidStart: async () => ({
      async willSendResponse({ response: { body } }) {
        if (body.kind !== 'single' || !body.singleResult.errors) return;
        const { data, errors } = body.singleResult;
        body.singleResult.errors = limitedErrors(errors, Boolean(data));
      },
    }),
  };
}

export function limitedErrors(
  errors: readonly GraphQLFormattedError[],
  hasData: boolean,
): readonly GraphQLFormattedError[] {
  const limited = hasData ? limitBesideData(errors) : errors.slice(0, maximumNamedErrors);
  return limited.map(withShortMessage);
}

/** A null without an error is a value, so errors are merged before any is left out. */
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

type Path = readonly (string | number)[];

/** One error for each list and code; no null is left without an error at or above it. */
function errorsAtLists(errors: readonly GraphQLFormattedError[]): GraphQLFormattedError[] {
  const distinct = new Map<string, GraphQLFormattedError>();
  for (const error of errors) {
    const path = error.path && aboveFirstIndex(error.path);
    const shown = path && path !== error.path ? atList(error, path) : error;
    // Messages of one list differ by its objects.
    const key = JSON.stringify([path, shown.extensions?.['code'], shown === error && error.message]);
    if (!distinct.has(key)) distinct.set(key, shown);
  }
  return [...distinct.values()];
}

function atList(error: GraphQLFormattedError, path: Path): GraphQLFormattedError {
  return { ...error, message: error.message + missingBelow, path };
}

function aboveFirstIndex(path: Path): Path {
  const index = path.findIndex((key) => typeof key === 'number');
  return index === -1 ? path : path.slice(0, index);
}
