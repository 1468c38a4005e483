import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Keys and list indexes; in a query plan `@` stands for every index. */
export type ResponsePath = readonly (string | number)[];

/** One fetch of a query plan, as the gateway sent it. */
export interface SentFetch {
  operation: string;
  /** Path in the response of the objects that the fetch adds fields to. */
  path: ResponsePath;
}

/** The error of a failed fetch. It has no path; `withErrorPaths` finds the affected fields. */
export class FailedFetchError extends GraphQLError {
  constructor(
    { message, extensions }: GraphQLFormattedError,
    readonly fetch: SentFetch,
  ) {
    super(message, { extensions });
  }
}

/** True for an error without a path, or whose path is `_entities`, which is no client field. */
export function isOfWholeFetch({ path = [] }: GraphQLFormattedError): boolean {
  return path.length === 0 || (path.length === 1 && path[0] === '_entities');
}
