import { randomUUID } from 'node:crypto';
import { freePorts } from '@shop/local-stack/ports';
import { eventually } from '@shop/testkit/eventually';
import { type HttpResponse, rest, type RequestOptions } from '@shop/testkit/http';
import { userToken } from '@shop/testkit/keys';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { startTcpProxy, type TcpProxy } from '@shop/testkit/tcp-proxy';
import { expectInvariants } from '../invariants';

type Way = 'client and gateway' | 'gateway and order';

interface Body extends Record<string, unknown> {
  id: string;
}

let stack: TestStack;
let ways: Record<Way, TcpProxy>;
beforeAll(async () => {
  const [orderPort] = (await freePorts(1)) as [number];
  const toOrder = await startTcpProxy({ targets: [`http://127.0.0.1:${orderPort}`] });
  stack = await startTestStack({
    ports: { order: orderPort },
    serviceEnv: { gateway: { ORDER_URL: `${toOrder.url}/graphql` } },
  });
  const toGateway = await startTcpProxy({ targets: [stack.gatewayUrl] });
  ways = { 'client and gateway': toGateway, 'gateway and order': toOrder };
});
afterAll(async () => {
  await stack?.stop();
  await Promise.all(Object.values(ways ?? {}).map((proxy) => proxy.close()));
});

/** Posts once while the answers get lost, then again and again with the same key, until there is an answer. */
async function postTwice(way: Way, path: string, options: RequestOptions): Promise<HttpResponse<Body>> {
  const send = rest(ways['client and gateway'].url);
  const request = { ...options, headers: { 'idempotency-key': randomUUID() } };
  ways[way].loseResponses();
  const first = await send<Body>('POST', path, request).catch(() => 'no answer');
  ways[way].heal();
  expect(first).toEqual(
    way === 'client and gateway' ? 'no answer' : expect.objectContaining({ status: 503 }),
  );
  return eventually(async () => {
    const again = await send<Body>('POST', path, request);
    expect([200, 201]).toContain(again.status);
    return again;
  });
}

describe('a response that is lost on the network', () => {
  test.each<Way>(['client and gateway', 'gateway and order'])(
    'between %s: unknown outcome, one effect',
    async (way) => {
      const shop = rest(stack.gatewayUrl);
      const session = await shop('POST', '/v1/auth/login', { body: stack.admin });
      const product = await shop<Body>('POST', '/v1/products', {
        token: String(session.body['access_token']),
        body: { sku: randomUUID(), name: 'A thing', price_cents: 900, currency: 'EUR', stock: 5 },
      });
      const token = userToken({ userId: randomUUID() });
      const items = [{ product_id: product.body.id, quantity: 2 }];

      const order = await postTwice(way, '/v1/orders', { token, body: { items } });
      const payment = await postTwice(way, `/v1/orders/${order.body.id}/pay`, {
        token,
        body: { payment_method: 'sim_success' },
      });

      expect(order.headers.get('idempotent-replayed')).toBe('true');
      expect(payment.headers.get('idempotent-replayed')).toBe('true');
      expect(payment.body).toMatchObject({ order: { id: order.body.id, status: 'CONFIRMED' } });
      const orders = await shop<{ data: Body[] }>('GET', '/v1/orders', { token });
      expect(orders.body.data.map(({ id }) => id)).toEqual([order.body.id]);
      const paid = await shop<Body>('GET', `/v1/orders/${order.body.id}`, { token });
      expect(paid.body['payments']).toEqual([expect.objectContaining({ status: 'SUCCEEDED' })]);
      const left = await shop<Body>('GET', `/v1/products/${product.body.id}`);
      expect(left.body).toMatchObject({ stock: 3 });
      await expectInvariants(stack.databaseUrls);
    },
  );
});
