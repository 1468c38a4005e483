import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { ServiceCredentials } from '../auth';
import { timeLeftMs } from '../deadline';
import type { Logger } from '../logger';
import { operationText } from '../operation-text';
import { currentRequestContext } from '../request-context';
import { CallFailure, ServiceClient, type ServiceResponse } from '../resilience';
import { PeerError, readResponse } from './read-response';

export { PeerError } from './read-response';

export interface PeerOptions {
  /** The other service's name: the audience of the credential. */
  name: string;
  /** Its GraphQL endpoint. */
  url: string;
  credentials: ServiceCredentials;
  /** Logs when the service becomes unavailable and available again. */
  logger?: Logger;
  /**
   * Time limit of a call including retries; default 5 s. Shorter if the deadline of the current
   * request is earlier.
   */
  timeoutMs?: number;
  /** Default 64; further calls wait for a slot within their time limit. */
  maximumConnections?: number;
}

export interface CallOptions {
  /**
   * If true, the call is also retried after a lost connection. Default false: only if nothing was
   * sent.
   */
  isIdempotent?: boolean;
}

/**
 * Client of another service. Sends a service credential, the remaining time and the trace context.
 */
export interface Peer {
  /** @throws PeerError whose `outcome` says whether any try may have taken effect */
  execute<Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    options?: CallOptions,
  ): Promise<Data>;
  /**
   * Sends a JSON body to another path of the service, for example /events, once.
   *
   * @returns the JSON of a 2xx response, undefined if it has no body
   * @throws PeerError
   */
  post(path: string, body: object): Promise<unknown>;
  close(): Promise<void>;
}

const maximumTries = 3;
const maximumWaiting = 256;

/** Creates a connection pool to one service; connections are opened on demand. */
export function createPeer(options: PeerOptions): Peer {
  const { name, url, credentials, logger, timeoutMs = 5_000, maximumConnections = 64 } = options;
  const client = new ServiceClient({ name, url, logger, maximumConnections, maximumWaiting });

  async function send(
    path: string,
    body: object,
    tries: { maximumTries: number; isIdempotent: boolean },
  ): Promise<ServiceResponse> {
    const requestId = currentRequestContext()?.requestId;
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      'x-service-authorization': `Bearer ${credentials.for(name)}`,
      ...(requestId ? { 'x-request-id': requestId } : {}),
    };
    const deadlineMs = performance.now() + Math.min(timeoutMs, timeLeftMs());
    try {
      return await client.request({ path, headers, body: JSON.stringify(body), deadlineMs, ...tries });
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      const outcome = error.mayHaveArrived ? 'unknown' : 'not_sent';
      throw new PeerError(name, outcome, `no response (${error.kind})`, { cause: error.cause });
    }
  }

  return {
    async execute<Data, Variables>(
      document: TypedDocumentNode<Data, Variables>,
      variables: Variables,
      { isIdempotent = false }: CallOptions = {},
    ) {
      const body = { query: operationText(document), variables };
      const response = await send(new URL(url).pathname, body, { maximumTries, isIdempotent });
      return readResponse<Data>(name, response);
    },
    async post(path, body) {
      const { status, text } = await send(path, body, { maximumTries: 1, isIdempotent: false });
      if (status < 200 || status > 299)
        throw new PeerError(name, 'refused', `HTTP ${status}${reasonIn(text)}`, { httpStatus: status });
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    },
    close: () => client.close(),
  };
}

const longestReason = 500;

/** The member `error` of a JSON response, for the dead letter's error message; else empty. */
function reasonIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === 'string' ? `: ${error.slice(0, longestReason)}` : '';
  } catch {
    return '';
  }
}
