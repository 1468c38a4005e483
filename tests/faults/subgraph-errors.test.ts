import { randomUUID } from 'node:crypto';
import { freePorts } from '@shop/local-stack/ports';
import { eventually } from '@shop/testkit/eventually';
import { graphql, rest } from '@shop/testkit/http';
import { userToken } from '@shop/testkit/keys';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { startTcpProxy, type TcpProxy } from '@shop/testkit/tcp-proxy';

interface LogLine {
  message: string;
  subgraph?: string;
  kind?: string;
  target?: string;
  state?: string;
}

let stack: TestStack;
/** Between the gateway and a subgraph. Other subgraphs connect to it directly. */
let proxies: Record<'product' | 'payment', TcpProxy>;
let gatewayLog: LogLine[] = [];
const timings: string[] = [];

beforeAll(async () => {
  const [product, payment] = (await freePorts(2)) as [number, number];
  proxies = {
    product: await startTcpProxy({ targets: [`http://127.0.0.1:${product}`] }),
    payment: await startTcpProxy({ targets: [`http://127.0.0.1:${payment}`] }),
  };
  stack = await startTestStack({
    seedProducts: 1,
    ports: { product, payment },
    serviceEnv: {
      gateway: {
        LOG_LEVEL: 'debug',
        // Logs each failed call.
        LOG_REPEAT_WINDOW_SECONDS: '0',
        PRODUCT_URL: `${proxies.product.url}/graphql`,
        PAYMENT_URL: `${proxies.payment.url}/graphql`,
        // The default.
        SUBGRAPH_QUERY_TIMEOUT_MS: '1200',
      },
    },
    onLog: (service, line) => {
      if (service === 'gateway') gatewayLog.push(JSON.parse(line) as LogLine);
    },
  });
  // Plans the query, so that the timings exclude it.
  await queryBoth(userToken({ userId: randomUUID() }));
});
afterAll(async () => {
  process.stdout.write(`subgraph errors: ${timings.join(' · ')}\n`);
  await stack?.stop();
  await Promise.all(Object.values(proxies ?? {}).map((proxy) => proxy.close()));
});
afterEach(async () => {
  Object.values(proxies).forEach((proxy) => proxy.heal());
  await eventually(async () => expect(await circuits()).toEqual({ product: 'closed', payment: 'closed' }));
});

/** Circuit breaker states in the metrics of the gateway, after one request to each subgraph. */
async function circuits(): Promise<Record<string, string>> {
  const token = userToken({ userId: randomUUID() });
  await graphql(stack.gatewayUrl)('{ productBySku(sku: "none") { id } }');
  await graphql(stack.gatewayUrl)(`{ payment(id: "${randomUUID()}") { id } }`, { token });
  const { body } = await rest(stack.gatewayUrl)<string>('GET', '/metrics');
  const stateOf = (target: string) => {
    const value = new RegExp(`^circuit_breaker_state\\{target="${target}",.*\\} (\\d)$`, 'm').exec(body)?.[1];
    return ['closed', 'half_open', 'open'][Number(value)] ?? 'unknown';
  };
  return { product: stateOf('product'), payment: stateOf('payment') };
}

/** Log entries of failed calls to a subgraph. */
const failures = (subgraph: string) =>
  gatewayLog.filter((line) => line.message === 'subgraph request failed' && line.subgraph === subgraph);

const changes = (target: string) =>
  gatewayLog
    .filter((line) => line.message === 'circuit breaker state changed' && line.target === target)
    .map(({ state }) => state);

const unavailable = (subgraph: string) =>
  expect.objectContaining({
    message: `The ${subgraph} service is unavailable.`,
    extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 1, traceId: expect.any(String) as string },
  }) as object;

const queryBoth = (token: string) =>
  graphql(stack.gatewayUrl)('{ orders { nodes { id } } productBySku(sku: "none") { id } }', { token });

async function timed<T>(name: string, work: Promise<T>): Promise<T> {
  const began = performance.now();
  const response = await work;
  timings.push(`${name} ${Math.round(performance.now() - began)} ms`);
  return response;
}

const failureModes: [string, (proxy: TcpProxy) => void, RegExp][] = [
  ['refuses connections', (proxy) => proxy.refuse(), /^(connect_failed|connection_lost)$/],
  ['hangs', (proxy) => proxy.hang(), /^timed_out$/],
  ['sends its response slowly', (proxy) => proxy.drip(20), /^timed_out$/],
  ['responds late', (proxy) => proxy.delayResponses(10_000), /^timed_out$/],
];

describe('a subgraph with connection errors or timeouts', () => {
  beforeEach(() => {
    gatewayLog = [];
  });

  test.each(failureModes)(
    'one that %s: returns partial data with a masked error; other fields and routes are unaffected',
    async (how, fail, limit) => {
      const shop = rest(stack.gatewayUrl);
      const token = userToken({ userId: randomUUID() });
      fail(proxies.product);

      const [both, products, orders] = await Promise.all([
        timed(how, queryBoth(token)),
        shop('GET', '/v1/products'),
        shop('GET', '/v1/orders', { token }),
      ]);

      expect(both.body).toEqual({
        data: { orders: { nodes: [] }, productBySku: null },
        errors: [unavailable('product')],
      });
      expect(products).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
      expect(products.headers.get('retry-after')).toBe('1');
      expect(orders.status).toBe(200);
      expect(failures('product')).toHaveLength(2);
      for (const failure of failures('product')) expect(failure.kind).toMatch(limit);
    },
  );

  // The other failure modes reach the same timeout as a subgraph that hangs.
  test.each(failureModes.slice(0, 2))(
    'one that %s: the circuit breaker opens, half-opens and closes',
    async (how, fail) => {
      const token = userToken({ userId: randomUUID() });
      fail(proxies.product);
      await Promise.all(Array.from({ length: 5 }, () => queryBoth(token)));
      expect(changes('product')).toEqual(['open']);

      const rejected = await timed(`${how}, circuit open`, queryBoth(token));
      expect(rejected.body.errors).toEqual([unavailable('product')]);
      expect(failures('product').at(-1)).toMatchObject({ kind: 'circuit_open' });

      await eventually(async () => {
        await queryBoth(token);
        expect(changes('product')).toEqual(['open', 'half_open', 'open']);
      });
      proxies.product.heal();
      await eventually(async () => expect((await queryBoth(token)).body.errors).toBeUndefined());
      await eventually(() => expect(changes('product').slice(-2)).toEqual(['half_open', 'closed']));
    },
  );

  test('two that hang delay a response by one timeout; the other fields are returned', async () => {
    const shop = rest(stack.gatewayUrl);
    const token = userToken({ userId: randomUUID() });
    const { body: catalogue } = await shop<{ data: { id: string }[] }>('GET', '/v1/products');
    const items = [{ product_id: catalogue.data[0]?.id, quantity: 1 }];
    const { body: order } = await shop<{ id: string }>('POST', '/v1/orders', { token, body: { items } });
    proxies.product.hang();
    proxies.payment.hang();

    const query = `{ orders { nodes { id items { product { stock } } } } payment(id: "${randomUUID()}") { id } }`;
    const { body } = await timed('two hang', graphql(stack.gatewayUrl)(query, { token }));

    expect(body.errors).toEqual(expect.arrayContaining([unavailable('product'), unavailable('payment')]));
    expect(body.data).toEqual({
      orders: { nodes: [{ id: order.id, items: [{ product: null }] }] },
      payment: null,
    });
  });

  test('payment unavailable: routes with payments return 503 with Retry-After, all others work', async () => {
    const shop = rest(stack.gatewayUrl);
    const token = userToken({ userId: randomUUID() });
    proxies.payment.refuse();

    const { body: catalogue } = await shop<{ data: { id: string }[] }>('GET', '/v1/products');
    const items = [{ product_id: catalogue.data[0]?.id, quantity: 1 }];
    const placed = await shop<{ id: string }>('POST', '/v1/orders', { token, body: { items } });
    expect(placed.status).toBe(201);
    const read = await shop('GET', `/v1/orders/${placed.body.id}`, { token });
    expect(read).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
    expect(read.headers.get('retry-after')).toBe('1');

    const cancelled = await shop('POST', `/v1/orders/${placed.body.id}/cancel`, { token });
    expect(cancelled.status).toBe(503);
    expect(cancelled.body['detail']).toContain('its result cannot be read');
  });
});
