import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientNetwork } from './http/client-network';
import { RequestBudget } from './gateway/request-budget';

/** What one request of a client carries through the graph; the subgraphs get it as headers. */
export interface GatewayContext {
  requestId: string;
  /** When it came, in milliseconds since the epoch: subgraphs judge its token as of then. */
  beganAtMs: number;
  /** The Authorization header as it came: each subgraph verifies the token itself. */
  authorization: string | undefined;
  /** As `clientNetwork` knows it. */
  clientAddress: string;
  clientUserAgent: string | undefined;
  /** Aborted when the client goes before its answer has come. */
  gone: AbortSignal;
  /** The operation that the request names by its id: `readPersistedId`. */
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
 * With the gateway's own headers, what is forwarded must fit into the 16 KB of headers that a subgraph reads. A token of this platform has
 * under 1 KB; a longer one is not valid, and does not become valid when its end is missing.
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
