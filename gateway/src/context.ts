import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientNetwork } from './http/client-network';
import type { SubgraphTime } from './subgraphs/subgraph-time';

/** State of one client request; the data source forwards most of it to subgraphs as headers. */
export interface GatewayContext {
  requestId: string;
  /** Milliseconds since the epoch; subgraphs evaluate the access token as of this time. */
  receivedAtMs: number;
  /** The Authorization header; each subgraph verifies the token itself. */
  authorization: string | undefined;
  /** Identifies the client in limits; see `clientNetwork`. */
  clientAddress: string;
  clientUserAgent: string | undefined;
  /** Aborted if the client disconnects before the response has been sent. */
  disconnected: AbortSignal;
  /** ID of the persisted operation that the request refers to; see `readPersistedId`. */
  persistedId?: string;
  budget: RequestBudget;
  /** Of the operation, while it runs. */
  subgraphTime?: SubgraphTime;
  /** Reported by subgraphs about the response as a whole. */
  answer: {
    /** The stored result of an idempotency key was returned. */
    replayed: boolean;
    /** Set if the response does not depend on the caller; 0: revalidate it before each reuse. */
    maxAgeSeconds?: number;
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
    receivedAtMs: Date.now(),
    authorization: request.headers.authorization?.slice(0, longestForwarded),
    clientAddress: clientNetwork(request.ip),
    clientUserAgent: request.headers['user-agent']?.slice(0, longestForwarded),
    disconnected: disconnectSignal(reply),
    budget: new RequestBudget(),
    answer: { replayed: false },
  };
}

function disconnectSignal({ raw }: FastifyReply): AbortSignal {
  const disconnected = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) disconnected.abort();
  });
  return disconnected.signal;
}

/**
 * How long a client request waits for subgraphs. All its queries share one deadline, so that two
 * subgraphs that hang in sequence cost no more time than one. A mutation has its own time limit, and
 * the deadline of the queries that read its result starts after it: otherwise a slow success would
 * be reported as a failure.
 */
export class RequestBudget {
  private waitingSinceMs: number | undefined;
  private deadlineMs: number | undefined;
  private isMutated = false;

  /** True after a mutation got a response. */
  get hasMutated(): boolean {
    return this.isMutated;
  }

  get hasCalledSubgraph(): boolean {
    return this.deadlineMs !== undefined || this.isMutated;
  }

  /** Starts the time of the queries before the first one: the request waits for the result of another one. */
  beginWaiting(): void {
    this.waitingSinceMs ??= performance.now();
  }

  /** The deadline of the request's queries, in `performance.now()` time. */
  queryDeadlineMs(timeoutMs: number): number {
    this.deadlineMs ??= (this.waitingSinceMs ?? performance.now()) + timeoutMs;
    return this.deadlineMs;
  }

  endMutation(): void {
    this.isMutated = true;
    this.waitingSinceMs = undefined;
    this.deadlineMs = undefined;
  }
}
