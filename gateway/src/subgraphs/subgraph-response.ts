import { graphqlCodeOf } from '@shop/kit/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** The body of a GraphQL response. */
export interface GraphQLResponse {
  data?: Record<string, unknown> | null;
  errors?: GraphQLFormattedError[];
  extensions?: Record<string, unknown>;
}

/**
 * `unavailable`: a retry may succeed · `too_large`: the planned request is longer than the subgraph
 * accepts · `invalid`: a retry fails until the cause is fixed.
 */
export type SubgraphResponse =
  | { kind: 'response'; response: GraphQLResponse }
  | { kind: 'unavailable' | 'too_large' | 'invalid'; reason: string };

/**
 * Reads a subgraph's HTTP response. 401 and 403 reject the gateway's own credential, so they are
 * never shown to clients: a subgraph reports the user's permissions as GraphQL errors with 200.
 */
export function readSubgraphResponse(status: number, text: string): SubgraphResponse {
  if (status >= 500) return { kind: 'unavailable', reason: `HTTP ${status}` };
  if (status === 413 || status === 431) return { kind: 'too_large', reason: `HTTP ${status}` };
  if (status === 401 || status === 403)
    return { kind: 'invalid', reason: `HTTP ${status}: service credential rejected` };
  const response = parseObject(text);
  if (!response || (response.data === undefined && !Array.isArray(response.errors))) {
    return { kind: 'invalid', reason: `HTTP ${status} without a GraphQL response` };
  }
  return { kind: 'response', response };
}

function parseObject(text: string): GraphQLResponse | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const retryAfterSeconds = 1;

/**
 * What a failed request means to the client's operation. `no_effect`: it did nothing ·
 * `unknown_outcome`: a mutation without a response · `result_not_read`: a mutation succeeded, and a
 * query that reads its result failed.
 */
export type FailureOutcome = 'no_effect' | 'unknown_outcome' | 'result_not_read';

const advice: Record<FailureOutcome, string> = {
  no_effect: '.',
  unknown_outcome:
    ': the request may have taken effect. Repeat it with the same idempotency key; without a key, check the state first.',
  result_not_read:
    ': the request has taken effect, but its result cannot be read. Repeat it with the same idempotency key; without a key, check the state first.',
};

/** Names the subgraph, never its address or its messages. */
export function subgraphUnavailable(subgraph: string, outcome: FailureOutcome = 'no_effect'): GraphQLError {
  return new GraphQLError(`The ${subgraph} service is unavailable${advice[outcome]}`, {
    extensions: { code: graphqlCodeOf('upstream_unavailable'), retryAfterSeconds },
  });
}

/** A plan repeats and escapes strings of the client, so it can be longer than the request. */
export function requestTooLarge(subgraph: string): GraphQLError {
  const message = `The request to the ${subgraph} service is longer than it accepts: send shorter strings.`;
  return new GraphQLError(message, { extensions: { code: graphqlCodeOf('payload_too_large') } });
}

/** The response has no content that a client may see. */
export function invalidSubgraphResponse(): GraphQLError {
  return new GraphQLError('Internal error.', { extensions: { code: graphqlCodeOf('internal') } });
}
