import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { withClient } from '@shop/local-stack/postgres';
import { eventually } from '@shop/testkit/eventually';
import { rest } from '@shop/testkit/http';
import { userToken } from '@shop/testkit/keys';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { CrashSwitch } from '../chaos/faults/crash-switch';
import { expectInvariants } from '../invariants';

/** The timeout of a mutation at the gateway is 5 s. The rest allows for an overloaded machine. */
const responseTimeoutMs = 9_000;
/** Longer than the maximum backoff of a retry, which is 30 s. */
const decidedWithinMs = 60_000;
/** Shorter than the statement timeout, which is 2 s. */
const lockMs = 1_500;
const betweenLocksMs = 50;
const orderTtlSeconds = 20;
/** Orders paid while the database is slow. The customer repeats half of the payments afterwards. */
const paidOrders = 4;

/**
 * The payment database is the last one: an interrupted payment is resumed after 15 s, during which
 * the unpaid orders of the other cases expire.
 */
const tables = {
  order: 'orders',
  product: 'products, reservations',
  payment: 'payments',
} as const;
type SlowDatabase = keyof typeof tables;
const databases = Object.keys(tables) as SlowDatabase[];

const crashSwitch = new CrashSwitch(mkdtempSync(join(tmpdir(), 'slow-points-')));
let stack: TestStack;
let send: ReturnType<typeof rest>;
let productId: string;
/** One customer for each case. Their unpaid orders expire while the next cases run. */
const shops: Shop[] = [];

beforeAll(async () => {
  stack = await startTestStack({
    env: { CRASH_POINTS_DIR: crashSwitch.directory },
    serviceEnv: { order: { ORDER_TTL_SECONDS: String(orderTtlSeconds) } },
  });
  send = rest(stack.gatewayUrl);
  const product = { sku: 'LAMP', name: 'Lamp', price_cents: 1_000, currency: 'EUR', stock: 1_000_000 };
  const token = userToken({ userId: randomUUID(), role: 'ADMIN' });
  productId = String((await send('POST', '/v1/products', { token, body: product })).body['id']);
});
afterAll(async () => {
  await stack?.stop();
  rmSync(crashSwitch.directory, { recursive: true });
});

/** Runs `work` while the tables of a database are locked, so that every statement times out. */
function whileLocked<Result>(database: SlowDatabase, work: () => Promise<Result>): Promise<Result> {
  return withClient(stack.databaseUrls[database], async (client) => {
    await client.query(`BEGIN; LOCK TABLE ${tables[database]} IN ACCESS EXCLUSIVE MODE`);
    const result = await work();
    await client.query('ROLLBACK');
    return result;
  });
}

/** Like `whileLocked`, but locks are short enough for slow statements to succeed. */
async function whileSlow<Result>(database: SlowDatabase, work: () => Promise<Result>): Promise<Result> {
  let isDone = false;
  const lockRepeatedly = async () => {
    while (!isDone) {
      await whileLocked(database, () => pause(lockMs));
      await pause(betweenLocksMs);
    }
  };
  const locks = lockRepeatedly();
  const result = await work().finally(() => {
    isDone = true;
  });
  await locks;
  return result;
}

interface OpenOrder {
  id: string;
  /** Idempotency key of its payment. */
  key: string;
}

function openShop() {
  const shop = shopOf(userToken({ userId: randomUUID() }));
  shops.push(shop);
  return shop;
}

type Shop = ReturnType<typeof shopOf>;
function shopOf(token: string) {
  const placeOrder = () =>
    send('POST', '/v1/orders', {
      token,
      headers: { 'idempotency-key': randomUUID() },
      body: { items: [{ product_id: productId, quantity: 1 }] },
    });
  return {
    placeOrder,
    list: () => send('GET', '/v1/orders', { token }),
    pay: ({ id, key }: OpenOrder) =>
      send('POST', `/v1/orders/${id}/pay`, {
        token,
        headers: { 'idempotency-key': key },
        body: { payment_method: 'sim_success' },
      }),
    async openOrder(): Promise<OpenOrder> {
      const { status, body } = await placeOrder();
      expect({ status, body }).toMatchObject({ status: 201 });
      return { id: String(body['id']), key: randomUUID() };
    },
    statusOf: async ({ id }: OpenOrder) => (await send('GET', `/v1/orders/${id}`, { token })).body['status'],
    async statuses(): Promise<string[]> {
      const { body } = await send<{ data: { status: string }[] }>('GET', '/v1/orders?limit=100', { token });
      return body.data.map(({ status }) => status);
    },
  };
}

type RestResponse = Awaited<ReturnType<Shop['placeOrder']>>;

/** @throws Error after `responseTimeoutMs` */
async function withTimeout(response: Promise<RestResponse>) {
  const late = pause(responseTimeoutMs, undefined, { ref: false }).then(() => {
    throw new Error(`no response within ${responseTimeoutMs} ms`);
  });
  const { status, headers, body } = await Promise.race([response, late]);
  return { status, code: body['code'], retryAfter: headers.get('retry-after') };
}

/** Repeats SIGCONT: the process removes the file of the crash point before it stops. */
async function resumeUntil(response: Promise<unknown>, service: SlowDatabase): Promise<void> {
  const resume = () => stack.services[service].kill('SIGCONT');
  resume();
  const timer = setInterval(resume, 100);
  await response.finally(() => clearInterval(timer));
}

const unavailable = expect.objectContaining({
  status: 503,
  retryAfter: expect.stringMatching(/^\d+$/) as string,
}) as object;

/** The number of successful charges, by order. */
async function chargesByOrder(): Promise<Map<string, number>> {
  return withClient(stack.databaseUrls.payment, async (client) => {
    const { rows } = await client.query<{ id: string; charges: number }>(
      `SELECT order_id AS id, count(*)::int AS charges FROM simulator.charges WHERE outcome = 'succeeded' GROUP BY order_id`,
    );
    return new Map(rows.map(({ id, charges }) => [id, charges]));
  });
}

const decided = { timeoutMs: decidedWithinMs, intervalMs: 200 };

describe('a slow database: held locks and statements of up to 2 s', () => {
  test.each<[SlowDatabase, string]>([
    ['order', 'order.payment_started.after-commit'],
    ['payment', 'payment.attempt_opened.after-commit'],
  ])(
    '%s database locked after %s: the order is charged once and CONFIRMED without a retry',
    async (database, point) => {
      const shop = openShop();
      const order = await shop.openOrder();
      crashSwitch.arm(point, 'SIGSTOP');
      const response = withTimeout(shop.pay(order));
      await eventually(() => expect(crashSwitch.isArmed(point)).toBe(false));

      await whileLocked(database, async () => {
        await resumeUntil(response, database);
      });

      expect([200, 202, 503]).toContain((await response).status);
      await eventually(async () => {
        expect(await shop.statusOf(order)).toBe('CONFIRMED');
        expect((await chargesByOrder()).get(order.id)).toBe(1);
      }, decided);
    },
  );

  describe.each([
    { how: 'statements take up to 1.5 s', whileDegraded: whileSlow, isUnavailable: false },
    { how: 'all statements time out', whileDegraded: whileLocked, isUnavailable: true },
  ])('$how', ({ whileDegraded, isUnavailable }) => {
    test.each(databases)(
      '%s database: every request gets a response in time, and a repeated payment succeeds',
      async (database) => {
        const shop = openShop();
        const orders = await Promise.all(Array.from({ length: paidOrders }, () => shop.openOrder()));

        const responses = await whileDegraded(database, () =>
          Promise.all([
            ...orders.map((order) => withTimeout(shop.pay(order))),
            withTimeout(shop.placeOrder()),
            withTimeout(shop.placeOrder()),
            withTimeout(shop.list()),
          ]),
        );

        const failed = responses.filter(({ status }) => status >= 400);
        expect(failed).toEqual(failed.map(() => unavailable));
        if (isUnavailable) expect(failed).not.toEqual([]);
        const repeated = orders.slice(0, paidOrders / 2);
        await eventually(async () => {
          for (const order of repeated) expect(await shop.pay(order)).toMatchObject({ status: 200 });
        }, decided);
      },
    );
  });

  it('leaves no order undecided and charges no order twice, without an operator', async () => {
    for (const shop of shops)
      await eventually(async () => {
        const statuses = await shop.statuses();
        expect(statuses).toEqual(statuses.map(() => expect.stringMatching(/CONFIRMED|CANCELLED/) as string));
      }, decided);
    expect([...(await chargesByOrder()).values()].filter((charges) => charges > 1)).toEqual([]);
    await expectInvariants(stack.databaseUrls, { timeoutMs: decidedWithinMs });
  });
});
