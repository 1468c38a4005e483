import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { GraphQLFormattedError } from 'graphql';
import { Pool } from 'undici';
import type { ServiceCredentials } from '../auth';
import { operationText } from '../operation-text';
import { currentRequestContext } from '../request-context';
import { PeerError } from './peer-error';

export interface PeerOptions {
  /** The other service's name: the audience of the credential. */
  name: string;
  /** Its GraphQL endpoint. */
  url: string;
  credentials: ServiceCredentials;
  /** Longest wait for one whole answer; default 5 s. */
  timeoutMs?: number;
  /** Default 64; more calls wait for one within their time limit. */
  maximumConnections?: number;
}

/** Another service of the platform, called with a service credential, a time limit and the trace. */
export interface Peer {
  /** @throws PeerError whose `outcome` tells whether the other side may have acted */
  execute<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data>;
  /** Sends a JSON body to another path of the service, for example /events; resolves on 2xx. @throws PeerError */
  post(path: string, body: object): Promise<void>;
  close(): Promise<void>;
}

/** Nothing was sent when one of these happened. */
const connectFailures = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
]);

/** A pool of connections to one service, opened as they are needed; `close` ends them. */
export function createPeer(options: PeerOptions): Peer {
  const { name, credentials, timeoutMs = 5_000, maximumConnections = 64 } = options;
  const endpoint = new URL(options.url);
  const pool = new Pool(endpoint.origin, {
    connections: maximumConnections,
    connectTimeout: 1_000,
    keepAliveTimeout: 30_000,
  });

  async function send(path: string, body: object): Promise<{ status: number; text: string }> {
    const requestId = currentRequestContext()?.requestId;
    try {
      const answer = await pool.request({
        path,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'x-service-authorization': `Bearer ${credentials.for(name)}`,
          ...(requestId ? { 'x-request-id': requestId } : {}),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    } catch (cause) {
      const notSent = connectFailures.has((cause as { code?: string }).code ?? '');
      throw new PeerError(name, notSent ? 'not_sent' : 'unknown', 'no answer', { cause });
    }
  }

  return {
    async execute<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables) {
      const { status, text } = await send(endpoint.pathname, { query: operationText(document), variables });
      return readAnswer<Data>(name, status, text);
    },
    async post(path, body) {
      const { status } = await send(path, body);
      if (status < 200 || status > 299)
        throw new PeerError(name, 'refused', `HTTP ${status}`, { httpStatus: status });
    },
    close: () => pool.close(),
  };
}

function readAnswer<Data>(peer: string, status: number, text: string): Data {
  let answer: { data?: Data | null; errors?: GraphQLFormattedError[] };
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch (cause) {
    throw new PeerError(peer, 'unknown', `HTTP ${status} without JSON`, { cause });
  }
  const [error] = answer.errors ?? [];
  if (error) {
    const code = error.extensions?.['code'];
    const undecided = status >= 500 || code === 'INTERNAL_SERVER_ERROR' || code === 'UPSTREAM_UNAVAILABLE';
    throw new PeerError(peer, undecided ? 'unknown' : 'refused', error.message, {
      ...(typeof code === 'string' ? { graphqlCode: code } : {}),
    });
  }
  if (!answer.data) throw new PeerError(peer, 'unknown', `HTTP ${status} without data`);
  return answer.data;
}
