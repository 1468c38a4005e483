import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPeer, type Peer } from '@shop/kit/peer';
import { createEvent, type ShopEvent } from '../contracts';
import { createHttpEventBus, SubscriberUnavailable } from '.';

const event: ShopEvent = createEvent({
  source: 'product',
  type: 'product.stock_depleted',
  subject: '0198c0de-0000-7000-8000-000000000001',
  data: { productId: '0198c0de-0000-7000-8000-000000000001', sku: 'SKU-1' },
});

let reply: { status: number; code: string };
let server: Server;
let peer: Peer;

beforeAll(async () => {
  server = createServer((_request, response) => {
    response.writeHead(reply.status);
    response.end(JSON.stringify({ errors: [{ message: 'no', extensions: { code: reply.code } }] }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const credentials = { for: () => 'credential' };
  peer = createPeer({ name: 'order', url: `http://127.0.0.1:${port}/graphql`, credentials });
});
afterAll(async () => {
  await peer.close();
  await new Promise((done) => server.close(done));
});

async function failure(): Promise<unknown> {
  const bus = createHttpEventBus({ order: { peer, types: [event.type] } });
  return bus.deliver([event], 'order').then(
    (refused) => refused.get(event.id),
    (error: unknown) => error,
  );
}

describe('A subscriber that responds with', () => {
  test.each([
    [401, 'UNAUTHENTICATED'],
    [429, 'TOO_MANY_REQUESTS'],
    [503, 'UPSTREAM_UNAVAILABLE'],
  ])('%i is unavailable, and has not rejected the event', async (status, code) => {
    reply = { status, code };
    expect(await failure()).toBeInstanceOf(SubscriberUnavailable);
  });

  test.each([
    [400, 'BAD_REQUEST'],
    [403, 'FORBIDDEN'],
    [500, 'INTERNAL_SERVER_ERROR'],
  ])('%i has rejected the event', async (status, code) => {
    reply = { status, code };
    expect(await failure()).not.toBeInstanceOf(SubscriberUnavailable);
    expect(await failure()).toBeInstanceOf(Error);
  });
});
