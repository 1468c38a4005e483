import type { GraphQLFormattedError } from 'graphql';

/** Beside data each error says why a field is null, so a page of 100 objects may have one for each. */
export const maximumErrorsBesideData = 100;

/** Ends the message of an error that stands for all the nulls below its path. */
export const missingBelow = ' Fields below this path are missing, too many to be listed one by one.';

type Path = readonly (string | number)[];

/** At the lists that the errors are in, one for each list and code. No null is left without an error at or above it. */
export function errorsAtLists(errors: readonly GraphQLFormattedError[]): GraphQLFormattedError[] {
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
