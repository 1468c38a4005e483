import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What becomes of the answer to an operation; the request always arrives. */
type Fate = 'hold' | 'lose';

/** A network between two services: it can swallow answers, and lead to a process that is started later. */
export interface LossyProxy {
  /** Stands for the target's GraphQL endpoint. */
  url: string;
  leadTo(target: string): void;
  /** The answers to this operation do not come: they wait for `heal` (`hold`), or the connection breaks (`lose`). */
  swallow(operation: string, fate: Fate): void;
  /** Every answer comes again, also those that were held. */
  heal(): void;
  close(): Promise<void>;
}

const hopByHop = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);

/** @param initialTarget left out, no request is answered until `leadTo` names one */
export async function startLossyProxy(initialTarget?: string): Promise<LossyProxy> {
  let target = initialTarget;
  const fates = new Map<string, Fate>();
  const held = new Set<() => void>();
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const headers = Object.entries(request.headers).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string' && !hopByHop.has(entry[0]),
      );
      const answer = await fetch(new URL(request.url ?? '/', target), { method: 'POST', headers, body });
      const answerText = await answer.text();
      const fate = [...fates].find(([operation]) => body.includes(`mutation ${operation}`))?.[1];
      if (fate === 'lose') return request.socket.destroy();
      const reply = () =>
        void response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answerText);
      return fate === 'hold' ? held.add(reply) : reply();
    })().catch(() => request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    leadTo: (next) => (target = next),
    swallow: (operation, fate) => fates.set(operation, fate),
    heal() {
      fates.clear();
      held.forEach((reply) => reply());
      held.clear();
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
