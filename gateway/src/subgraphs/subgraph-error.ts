import { graphqlCodeOf } from '@shop/kit/errors';
import { GraphQLError } from 'graphql';

const retryAfterSeconds = 1;

/**
 * `nothing_done`: by the operation that got no answer · `perhaps_done`: a mutation whose answer is lost · `not_shown`: a mutation was
 * answered, but not the reads that show what came of it.
 */
export type FateOfRequest = 'nothing_done' | 'perhaps_done' | 'not_shown';

const advice: Record<FateOfRequest, string> = {
  nothing_done: '.',
  perhaps_done:
    ': what was asked may be done. Repeat it with the idempotency key that it had; without one, look first.',
  not_shown:
    ': what came of the request cannot be shown. Repeat it with the idempotency key that it had; without one, look first.',
};

/** What clients see of a subgraph that does not respond: its name, never its address or its messages. */
export function subgraphUnavailable(subgraph: string, fate: FateOfRequest = 'nothing_done'): GraphQLError {
  return new GraphQLError(`The ${subgraph} service does not answer just now${advice[fate]}`, {
    extensions: { code: graphqlCodeOf('upstream_unavailable'), retryAfterSeconds },
  });
}

/** A plan repeats and escapes strings of the client, so it can be longer than the request. */
export function requestTooLarge(subgraph: string): GraphQLError {
  const message = `The request to the ${subgraph} service is longer than it accepts: send shorter strings.`;
  return new GraphQLError(message, { extensions: { code: graphqlCodeOf('payload_too_large') } });
}

/** A subgraph answered, but nothing that a client may see: ours to mend. */
export function subgraphBroken(): GraphQLError {
  return new GraphQLError('Internal error.', { extensions: { code: graphqlCodeOf('internal') } });
}
