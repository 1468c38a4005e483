import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { parseEvent, type PaymentEvent } from '@shop/events/contracts';
import { createServiceCredentialVerifier } from '@shop/kit/auth';
import { testKeys } from '@shop/testkit/keys';

/** A fake order subgraph that receives events over HTTP and stores them. */
export interface OrderSubscriber {
  url: string;
  /** The events of one order in order of arrival, including repeats. */
  eventsOf(orderId: string): PaymentEvent[];
  /** While true, every response is 503. */
  isUnavailable: boolean;
  stop(): Promise<void>;
}

export async function startOrderSubscriber(): Promise<OrderSubscriber> {
  const events: PaymentEvent[] = [];
  const state = { isUnavailable: false };
  const credentials = createServiceCredentialVerifier({ service: 'order', trustFile: testKeys().trustFile });
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const credential = String(request.headers['x-service-authorization']).replace('Bearer ', '');
      const caller = await credentials.callerOf(credential);
      if (state.isUnavailable) return response.writeHead(503).end();
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
    get isUnavailable() {
      return state.isUnavailable;
    },
    set isUnavailable(value) {
      state.isUnavailable = value;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
