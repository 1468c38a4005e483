import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface LoadRequest {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: object;
}

export interface LoadAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** One kept-alive connection, as a browser or an SDK holds it. */
export interface Connection {
  /** @throws the connection's error, for example ECONNRESET; nothing is tried again */
  send(request: LoadRequest): Promise<LoadAnswer>;
  close(): void;
}

const answerTimeoutMs = 15_000;

export function openConnection(url: string): Connection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    async send({ method, path, headers, body }) {
      const signal = AbortSignal.timeout(answerTimeoutMs);
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
      } as LoadAnswer;
    },
    close: () => agent.destroy(),
  };
}
