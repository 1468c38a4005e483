import { errorCodeDef, ERRORS } from '@apollo/federation-internals';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { ResponsePath } from '../subgraphs/planned-fetches';

/** The error of a subgraph as the error of the operation, at `path` in its response. */
export function errorOfSubgraph(
  error: GraphQLFormattedError,
  subgraph: string,
  path: ResponsePath | undefined,
): GraphQLError {
  const message = error.message || `Error while fetching subquery from service "${subgraph}"`;
  const options = {
    // withErrorPaths recognises failed fetches by it.
    originalError: error as Error,
    path,
    extensions: { ...error.extensions, serviceName: subgraph },
  };
  const definition = errorCodeDef(error);
  if (!definition && error.extensions?.['code']) return new GraphQLError(message, options);
  return (definition ?? ERRORS.DOWNSTREAM_SERVICE_ERROR).err(message, options);
}
