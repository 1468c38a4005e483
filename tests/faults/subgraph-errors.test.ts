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
/** Between the gateway and a subgraph; the other subgraphs reach it past them. */
let ways: Record<'product' | 'payment', TcpProxy>;
let gatewayLog: LogLine[] = [];
const figures: string[] = [];

beforeAll(async () => {
  const [product, payment] = (await freePorts(2)) as [number, number];
  ways = {
    product: await startTcpProxy({ targets: [`http://127.0.0.1:${product}`] }),
    payment: await startTcpProxy({ targets: [`http://127.0.0.1:${payment}`] }),
  };
  stack = await startTestStack({
    seedProducts: 1,
    ports: { product, payment },
    serviceEnv: {
      gateway: {
        LOG_LEVEL: 'debug',
        // Each failed call is counted.
        LOG_REPEAT_WINDOW_SECONDS: '0',
        PRODUCT_URL: `${ways.product.url}/graphql`,
        PAYMENT_URL: `${ways.payment.url}/graphql`,
        // As in production: what is promised for a subgraph that hangs.
        SUBGRAPH_QUERY_TIMEOUT_MS: '1200',
      },
    },
    onLog: (service, line) => {
      if (service === 'gateway') gatewayLog.push(JSON.parse(line) as LogLine);
    },
  });
  // Its plan is made at the first time; the figures are to tell of the trouble.
  await askForBoth(userToken({ userId: randomUUID() }));
});
afterAll(async () => {
  process.stdout.write(`subgraph trouble: ${figures.join(' · ')}\n`);
  await stack?.stop();
  await Promise.all(Object.values(ways ?? {}).map((way) => way.close()));
});
afterEach(async () => {
  Object.values(ways).forEach((way) => way.heal());
  await eventually(async () => expect(await circuits()).toEqual({ product: 'closed', payment: 'closed' }));
});

/** What the gateway's metrics say of its circuits, once a request has gone through each. */
async function circuits(): Promise<Record<string, string>> {
  const token = userToken({ userId: randomUUID() });
  await graphql(stack.gatewayUrl)('{ productBySku(sku: "none") { id } }');
  await graphql(stack.gatewayUrl)(`{ payment(id: "${randomUUID()}") { id } }`, { token });
  const { body } = await rest(stack.gatewayUrl)<string>('GET', '/metrics');
  const stateOf = (target: string) => {
    const figure = new RegExp(`^circuit_breaker_state\\{callee="${target}"\\} (\\d)$`, 'm').exec(body)?.[1];
    return ['closed', 'half_open', 'open'][Number(figure)] ?? 'unknown';
  };
  return { product: stateOf('product'), payment: stateOf('payment') };
}

/** How the calls to a subgraph ended that got no answer. */
const failures = (subgraph: string) =>
  gatewayLog.filter((line) => line.message === 'subgraph request failed' && line.subgraph === subgraph);

const changes = (target: string) =>
  gatewayLog
    .filter((line) => line.message === 'circuit breaker state changed' && line.target === target)
    .map(({ state }) => state);

const unavailable = (subgraph: string) =>
  expect.objectContaining({
    message: `The ${subgraph} service is unavailable.`,
    extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 1 },
  }) as object;

const askForBoth = (token: string) =>
  graphql(stack.gatewayUrl)('{ orders { nodes { id } } productBySku(sku: "none") { id } }', { token });

async function timed<T>(name: string, work: Promise<T>): Promise<T> {
  const began = performance.now();
  const response = await work;
  figures.push(`${name} ${Math.round(performance.now() - began)} ms`);
  return response;
}

const troubles: [string, (way: TcpProxy) => void, RegExp][] = [
  ['refuses', (way) => way.refuse(), /^(connect_failed|connection_lost)$/],
  ['hangs', (way) => way.hang(), /^timed_out$/],
  ['drips', (way) => way.drip(20), /^timed_out$/],
  ['is slow', (way) => way.delayResponses(10_000), /^timed_out$/],
];

describe('a subgraph that refuses connections, hangs, drips or is slow', () => {
  beforeEach(() => {
    gatewayLog = [];
  });

  test.each(troubles)(
    'one that %s: returns partial data with a masked error; other fields and routes are unaffected',
    async (how, trouble, limit) => {
      const shop = rest(stack.gatewayUrl);
      const token = userToken({ userId: randomUUID() });
      trouble(ways.product);

      const [both, products, orders] = await Promise.all([
        timed(how, askForBoth(token)),
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

  // What drips or is slow ends at the same limit as what hangs.
  test.each(troubles.slice(0, 2))(
    'one that %s: the circuit breaker opens, half-opens and closes',
    async (how, trouble) => {
      const token = userToken({ userId: randomUUID() });
      trouble(ways.product);
      await Promise.all(Array.from({ length: 5 }, () => askForBoth(token)));
      expect(changes('product')).toEqual(['open']);

      const atOnce = await timed(`${how}, circuit open`, askForBoth(token));
      expect(atOnce.body.errors).toEqual([unavailable('product')]);
      expect(failures('product').at(-1)).toMatchObject({ kind: 'circuit_open' });

      await eventually(async () => {
        await askForBoth(token);
        expect(changes('product')).toEqual(['open', 'half_open', 'open']);
      });
      ways.product.heal();
      await eventually(async () => expect((await askForBoth(token)).body.errors).toBeUndefined());
      expect(changes('product').slice(-2)).toEqual(['half_open', 'closed']);
    },
  );

  test('two that hang cost one time limit; the other fields are returned', async () => {
    const shop = rest(stack.gatewayUrl);
    const token = userToken({ userId: randomUUID() });
    const { body: catalogue } = await shop<{ data: { id: string }[] }>('GET', '/v1/products');
    const items = [{ product_id: catalogue.data[0]?.id, quantity: 1 }];
    const { body: order } = await shop<{ id: string }>('POST', '/v1/orders', { token, body: { items } });
    ways.product.hang();
    ways.payment.hang();

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
    ways.payment.refuse();

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
