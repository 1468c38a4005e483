import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { parseEvent, type PaymentEvent } from '@shop/events/contracts';
import { createServiceCredentialVerifier } from '@shop/kit/auth';
import { testKeys } from '@shop/testkit/keys';

/** Stands where the order subgraph would: takes events over HTTP and keeps them. */
export interface OrderSubscriber {
  url: string;
  /** What was delivered about one order, in the order of arrival; repeats included. */
  eventsOf(orderId: string): PaymentEvent[];
  /** While true every delivery is answered 503. */
  isAway: boolean;
  stop(): Promise<void>;
}

export async function startOrderSubscriber(): Promise<OrderSubscriber> {
  const events: PaymentEvent[] = [];
  const state = { isAway: false };
  const credentials = createServiceCredentialVerifier({ service: 'order', trustFile: testKeys().trustFile });
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const credential = String(request.headers['x-service-authorization']).replace('Bearer ', '');
      const caller = await credentials.callerOf(credential);
      if (state.isAway) return response.writeHead(503).end();
      if (request.url !== '/events' || caller !== 'payment') return response.writeHead(404).end();
      const posted = JSON.parse(body) as unknown;
      for (const value of Array.isArray(posted) ? posted : [posted]) {
        const event = parseEvent(value);
        if (event?.source === 'payment') events.push(event as PaymentEvent);
      }
      return response.writeHead(204).end();
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    eventsOf: (orderId) => events.filter((event) => event.data.orderId === orderId),
    get isAway() {
      return state.isAway;
    },
    set isAway(value) {
      state.isAway = value;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
