import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What becomes of a call: its request waits (`stall`), or arrives and its answer waits or is lost. */
type Fate = 'stall' | 'hold' | 'lose';

/** A network between two services: it can delay requests, swallow answers, and lead to a process that is started later. */
export interface LossyProxy {
  /** Stands for the target's GraphQL endpoint. */
  url: string;
  leadTo(target: string): void;
  /**
   * Requests (`stall`) or answers (`hold`) wait for `heal`, or the connection breaks (`lose`).
   *
   * @param text that a request contains, for example the name of an operation
   */
  swallow(text: string, fate: Fate): void;
  /** How many requests and answers wait; includes those whose sender has given up. */
  waiting(): number;
  /** Every request and answer comes again, also those that were held. */
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
      const fate = [...fates].find(([part]) => body.includes(part))?.[1];
      if (fate === 'stall') await new Promise<void>((resolve) => held.add(resolve));
      const answer = await fetch(new URL(request.url ?? '/', target), { method: 'POST', headers, body });
      const answerText = await answer.text();
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
    swallow: (part, fate) => fates.set(part, fate),
    waiting: () => held.size,
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
