import type { GraphQLFormattedError } from 'graphql';

/** The body of a GraphQL answer. */
export interface SubgraphAnswer {
  data?: Record<string, unknown> | null;
  errors?: GraphQLFormattedError[];
  extensions?: Record<string, unknown>;
}

/**
 * `unavailable`: a retry may succeed · `too_large`: the planned request is longer than the subgraph
 * accepts · `broken`: a retry fails until the cause is fixed.
 */
export type ReadAnswer =
  | { kind: 'answer'; answer: SubgraphAnswer }
  | { kind: 'unavailable' | 'too_large' | 'broken'; reason: string };

/**
 * Reads a subgraph's HTTP response. 401 and 403 speak of the gateway's own credential, because what a person may not do
 * comes as a GraphQL error with 200: they are never shown as the person's.
 */
export function readSubgraphAnswer(status: number, text: string): ReadAnswer {
  if (status >= 500) return { kind: 'unavailable', reason: `HTTP ${status}` };
  if (status === 413 || status === 431) return { kind: 'too_large', reason: `HTTP ${status}` };
  if (status === 401 || status === 403)
    return { kind: 'broken', reason: `HTTP ${status}: credential refused` };
  const answer = parseObject(text);
  if (!answer || (answer.data === undefined && !Array.isArray(answer.errors))) {
    return { kind: 'broken', reason: `HTTP ${status} without a GraphQL answer` };
  }
  return { kind: 'answer', answer };
}

function parseObject(text: string): SubgraphAnswer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
