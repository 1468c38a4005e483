import { randomUUID } from 'node:crypto';
import { freePorts } from '@shop/local-stack/ports';
import { eventually } from '@shop/testkit/eventually';
import { type HttpResponse, rest, type RequestOptions } from '@shop/testkit/http';
import { userToken } from '@shop/testkit/keys';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { startTcpProxy, type TcpProxy } from '@shop/testkit/tcp-proxy';
import { expectInvariants } from '../invariants';

type Connection = 'client and gateway' | 'gateway and order';

interface Body extends Record<string, unknown> {
  id: string;
}

let stack: TestStack;
let proxies: Record<Connection, TcpProxy>;
beforeAll(async () => {
  const [orderPort] = (await freePorts(1)) as [number];
  const toOrder = await startTcpProxy({ targets: [`http://127.0.0.1:${orderPort}`] });
  stack = await startTestStack({
    ports: { order: orderPort },
    serviceEnv: { gateway: { ORDER_URL: `${toOrder.url}/graphql` } },
  });
  const toGateway = await startTcpProxy({ targets: [stack.gatewayUrl] });
  proxies = { 'client and gateway': toGateway, 'gateway and order': toOrder };
});
afterAll(async () => {
  await stack?.stop();
  await Promise.all(Object.values(proxies ?? {}).map((proxy) => proxy.close()));
});

/** Posts once while responses are lost, then retries with the same key until it gets one. */
async function postUntilResponse(
  connection: Connection,
  path: string,
  options: RequestOptions,
): Promise<HttpResponse<Body>> {
  const send = rest(proxies['client and gateway'].url);
  const request = { ...options, headers: { 'idempotency-key': randomUUID() } };
  proxies[connection].loseResponses();
  const first = await send<Body>('POST', path, request).catch(() => 'no response');
  proxies[connection].heal();
  expect(first).toEqual(
    connection === 'client and gateway' ? 'no response' : expect.objectContaining({ status: 503 }),
  );
  return eventually(async () => {
    const response = await send<Body>('POST', path, request);
    expect([200, 201]).toContain(response.status);
    return response;
  });
}

describe('a response that is lost on the network', () => {
  test.each<Connection>(['client and gateway', 'gateway and order'])(
    'between %s: the outcome is unknown, and a retry with the same key has no second effect',
    async (connection) => {
      const shop = rest(stack.gatewayUrl);
      const session = await shop('POST', '/v1/auth/login', { body: stack.admin });
      const product = await shop<Body>('POST', '/v1/products', {
        token: String(session.body['access_token']),
        body: { sku: randomUUID(), name: 'A thing', price_cents: 900, currency: 'EUR', stock: 5 },
      });
      const token = userToken({ userId: randomUUID() });
      const items = [{ product_id: product.body.id, quantity: 2 }];

      const order = await postUntilResponse(connection, '/v1/orders', { token, body: { items } });
      const payment = await postUntilResponse(connection, `/v1/orders/${order.body.id}/pay`, {
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
      const remaining = await shop<Body>('GET', `/v1/products/${product.body.id}`);
      expect(remaining.body).toMatchObject({ stock: 3 });
      await expectInvariants(stack.databaseUrls);
    },
  );
});
