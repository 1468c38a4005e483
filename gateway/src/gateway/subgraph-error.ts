import { errorRegistry } from '@shop/kit/errors';
import { GraphQLError } from 'graphql';

const retryAfterSeconds = 1;

/** What clients see of a subgraph that does not answer: its name, never its address or its words. */
export function subgraphUnavailable(subgraph: string): GraphQLError {
  return new GraphQLError(`The ${subgraph} service does not answer just now.`, {
    extensions: { code: errorRegistry.upstream_unavailable.graphqlCode, retryAfterSeconds },
  });
}

/** A subgraph answered, but nothing that a client may see: ours to mend. */
export function subgraphBroken(): GraphQLError {
  return new GraphQLError('Internal error.', { extensions: { code: errorRegistry.internal.graphqlCode } });
}
