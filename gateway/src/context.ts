import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientNetwork } from './http/client-network';
import { RequestBudget } from './request-budget';

/** What one request of a client carries through the graph; the subgraphs get it as headers. */
export interface GatewayContext {
  requestId: string;
  /** When it came, in milliseconds since the epoch: subgraphs evaluate its token as of then. */
  beganAtMs: number;
  /** The Authorization header as it came: each subgraph verifies the token itself. */
  authorization: string | undefined;
  /** As `clientNetwork` knows it. */
  clientAddress: string;
  clientUserAgent: string | undefined;
  /** Aborted when the client goes before its answer has come. */
  gone: AbortSignal;
  /** ID of the persisted operation that the request refers to; see `readPersistedId`. */
  persistedId?: string;
  /** How long the request still waits for subgraphs. */
  budget: RequestBudget;
  /** What subgraphs told about the answer as a whole. */
  answer: {
    /** An idempotency key found its first answer: nothing was done again. */
    replayed: boolean;
  };
}

/**
 * Forwarded headers plus the gateway's own must fit into the 16 KB of headers that a subgraph
 * accepts. A valid token is shorter than 1 KB, so truncating a longer one rejects no valid token.
 */
const longestForwarded = 4_096;

export function createContext(request: FastifyRequest, reply: FastifyReply): GatewayContext {
  return {
    requestId: request.id,
    beganAtMs: Date.now(),
    authorization: request.headers.authorization?.slice(0, longestForwarded),
    clientAddress: clientNetwork(request.ip),
    clientUserAgent: request.headers['user-agent']?.slice(0, longestForwarded),
    gone: abortedWhenGone(reply),
    budget: new RequestBudget(),
    answer: { replayed: false },
  };
}

function abortedWhenGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort();
  });
  return gone.signal;
}
