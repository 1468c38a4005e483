import type { FastifyRequest } from 'fastify';

/** What one request of a client carries through the graph; the subgraphs get it as headers. */
export interface GatewayContext {
  requestId: string;
  /** The Authorization header as it came: each subgraph verifies the token itself. */
  authorization: string | undefined;
  clientAddress: string;
  clientUserAgent: string | undefined;
  /** What subgraphs told about the answer as a whole. */
  answer: {
    /** An idempotency key found its first answer: nothing was done again. */
    replayed: boolean;
  };
}

export function createContext(request: FastifyRequest): GatewayContext {
  return {
    requestId: request.id,
    authorization: request.headers.authorization,
    clientAddress: request.ip,
    clientUserAgent: request.headers['user-agent'],
    answer: { replayed: false },
  };
}
