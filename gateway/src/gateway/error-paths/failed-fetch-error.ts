import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Keys and list positions, `@` for every position of a list in a query plan. */
export type ResponsePath = readonly (string | number)[];

/** One fetch of a query plan, as the gateway sent it. */
export interface SentFetch {
  /** Its text. */
  operation: string;
  /** Where in the response the objects are that it adds fields to. */
  path: ResponsePath;
}

/** The error of a fetch as a whole: it has no path yet, `withErrorPaths` finds the fields that it cost. */
export class FailedFetchError extends GraphQLError {
  constructor(
    { message, extensions }: GraphQLFormattedError,
    readonly fetch: SentFetch,
  ) {
    super(message, { extensions });
  }
}

/** True for an error that names no field, or only `_entities`, which no client asked for. */
export function isOfWholeFetch({ path = [] }: GraphQLFormattedError): boolean {
  return path.length === 0 || (path.length === 1 && path[0] === '_entities');
}
