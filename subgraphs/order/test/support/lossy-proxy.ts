import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * The fault of a call: its request is delayed (`stall`), or its response is delayed (`hold`) or
 * lost (`lose`).
 */
type Fate = 'stall' | 'hold' | 'lose';

/** A proxy between two services that can delay requests, and delay or drop responses. */
export interface LossyProxy {
  /** Replaces the URL of the target's GraphQL endpoint. */
  url: string;
  setTarget(target: string): void;
  /**
   * Delays requests (`stall`) or responses (`hold`) until `heal`, or closes the connection
   * (`lose`).
   *
   * @param text that the request contains, for example the name of an operation
   */
  swallow(text: string, fate: Fate): void;
  /** Number of delayed requests and responses, including those whose client has timed out. */
  waiting(): number;
  /** Removes all faults and releases delayed requests and responses. */
  heal(): void;
  close(): Promise<void>;
}

const hopByHop = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);

/** @param initialTarget if omitted, requests fail until `setTarget` is called */
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
      const targetResponse = await fetch(new URL(request.url ?? '/', target), {
        method: 'POST',
        headers,
        body,
      });
      const responseText = await targetResponse.text();
      if (fate === 'lose') return request.socket.destroy();
      const reply = () =>
        void response
          .writeHead(targetResponse.status, { 'content-type': 'application/json' })
          .end(responseText);
      return fate === 'hold' ? held.add(reply) : reply();
    })().catch(() => request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    setTarget: (next) => (target = next),
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
