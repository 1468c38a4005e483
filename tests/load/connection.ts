import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface LoadRequest {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: object;
}

export interface LoadResponse {
  status: number;
  body: Record<string, unknown>;
}

/** One keep-alive connection. */
export interface Connection {
  /** @throws the connection's error, for example ECONNRESET; there are no retries */
  send(request: LoadRequest): Promise<LoadResponse>;
  close(): void;
}

const responseTimeoutMs = 15_000;

export function openConnection(url: string): Connection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    async send({ method, path, headers, body }) {
      const signal = AbortSignal.timeout(responseTimeoutMs);
      const outgoing = request(new URL(path, url), {
        ...{ method, agent, signal },
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      });
      outgoing.end(body && JSON.stringify(body));
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      const content = await text(response);
      return {
        status: response.statusCode ?? 0,
        body: content ? (JSON.parse(content) as object) : {},
      } as LoadResponse;
    },
    close: () => agent.destroy(),
  };
}
