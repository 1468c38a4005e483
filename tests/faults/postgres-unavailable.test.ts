import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceNames, startStack, type Stack, subgraphNames } from '@shop/local-stack/stack';
import { programEnvironment } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { rest } from '@shop/testkit/http';
import { expectInvariants } from '../invariants';
import { addProductAndCustomer } from '../load/product-and-customer';

const downtimeMs = 3_000;
/** Required time of recovery. */
const recoveryTimeoutMs = 10_000;
const orderTtlSeconds = 2;
const withoutCustomerLimits = { OPEN_ORDERS_PER_CUSTOMER: '100000', HELD_UNITS_PER_CUSTOMER: '1000000' };

const dataDir = mkdtempSync(join(tmpdir(), 'shop-postgres-unavailable-'));
let stack: Stack;
let send: ReturnType<typeof rest>;
let customer: string;
let productId: string;

beforeAll(async () => {
  stack = await startStack({
    dataDir,
    admin: { email: 'admin@shop.example', password: 'correct horse battery staple' },
    seedProducts: 0,
    env: programEnvironment(),
    // One customer places all orders and pays few of them.
    serviceEnv: { order: { ORDER_TTL_SECONDS: String(orderTtlSeconds), ...withoutCustomerLimits } },
  });
  send = rest(stack.gatewayUrl);
  ({ productId, token: customer } = await addProductAndCustomer(stack, { stock: 1_000_000 }));
}, 300_000);

afterAll(async () => {
  await stack?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const pids = () => serviceNames.map((name) => stack.services[name].pid);

function placeOrder() {
  return send('POST', '/v1/orders', {
    token: customer,
    headers: { 'idempotency-key': randomUUID() },
    body: { items: [{ product_id: productId, quantity: 1 }] },
  });
}

const pay = (orderId: string, method: string) =>
  send('POST', `/v1/orders/${orderId}/pay`, {
    token: customer,
    headers: { 'idempotency-key': randomUUID() },
    body: { payment_method: method },
  });

async function newOrder(): Promise<string> {
  const { status, body } = await placeOrder();
  expect({ status, body }).toMatchObject({ status: 201 });
  return String(body['id']);
}

async function statusOf(orderId: string) {
  return (await send('GET', `/v1/orders/${orderId}`, { token: customer })).body['status'];
}

async function expectPurchase(): Promise<void> {
  const paid = await pay(await newOrder(), 'sim_success');
  expect(paid).toMatchObject({ status: 200, body: { order: { status: 'CONFIRMED' } } });
}

/** Repeats requests of all kinds until `isDone`, and returns their responses. */
async function requestUntil(isDone: () => boolean) {
  const requests = [
    () => send('GET', '/v1/products'),
    placeOrder,
    () => send('GET', '/v1/orders', { token: customer }),
    () => send('POST', '/v1/auth/login', { body: { email: 'customer@example.com', password: 'P@ssw0rd' } }),
  ];
  const responses: { status: number; retryAfter: string | null }[] = [];
  const repeat = async (request: (typeof requests)[number]) => {
    do {
      const { status, headers } = await request();
      responses.push({ status, retryAfter: headers.get('retry-after') });
    } while (!isDone());
  };
  await Promise.all(requests.map(repeat));
  return responses;
}

const unavailable = { status: 503, retryAfter: expect.stringMatching(/^\d+$/) };

describe('PostgreSQL restart and 30 s of downtime', () => {
  test('during a restart under load every request succeeds or returns 503 with Retry-After, and no process exits', async () => {
    const before = pids();
    let isRecovered = false;
    const load = requestUntil(() => isRecovered);

    try {
      await stack.postgres?.stop();
      await stack.postgres?.start();
      await eventually(expectPurchase, { timeoutMs: recoveryTimeoutMs });
    } finally {
      isRecovered = true;
    }

    const failed = (await load).filter(({ status }) => status >= 400);
    expect(failed).toEqual(failed.map(() => unavailable));
    expect(pids()).toEqual(before);
    await expectInvariants(stack.databaseUrls);
  });

  test('during downtime requests return 503 with Retry-After; afterwards the shop is ready within 10 s and completes pending work', async () => {
    const before = pids();
    const [unpaid, undecided] = await Promise.all([newOrder(), newOrder()]);
    expect((await pay(undecided, 'sim_processing')).status).toBe(202);

    await stack.postgres?.stop();
    const sinceMs = performance.now();
    const responses = await requestUntil(() => performance.now() - sinceMs > downtimeMs);

    expect(responses).toEqual(responses.map(() => unavailable));
    expect(pids()).toEqual(before);
    for (const name of subgraphNames)
      expect((await fetch(`${stack.services[name].url}/readyz`)).status).toBe(503);

    await stack.postgres?.start();
    await eventually(
      async () => {
        for (const name of serviceNames)
          expect((await fetch(`${stack.services[name].url}/readyz`)).status).toBe(200);
        await expectPurchase();
        expect(await statusOf(undecided)).toBe('CONFIRMED');
        expect(await statusOf(unpaid)).toBe('CANCELLED');
      },
      { timeoutMs: recoveryTimeoutMs },
    );
    expect(pids()).toEqual(before);
    await expectInvariants(stack.databaseUrls);
  });
});
