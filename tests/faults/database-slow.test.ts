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

/**
 * A mutation's time limit at the gateway is 5 s; the rest is for a machine with other work to do.
 */
const answeredWithinMs = 9_000;
/** Longer than the pauses between tries of whatever failed, which are capped at 30 s. */
const decidedWithinMs = 60_000;
/** Shorter than the time limit of a statement, which is 2 s. */
const pulseMs = 1_500;
const betweenPulsesMs = 50;
const orderTtlSeconds = 20;
/** Paid while the database is slow; the customer repeats only half of them afterwards. */
const paidOrders = 4;

/**
 * The payment database last: an interrupted payment is continued after 15 s, in which the unpaid
 * orders of the other cases expire.
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
/** The customers of all cases: their unpaid orders expire while the next cases run. */
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

/**
 * Runs `work` while a session holds the tables of a database, so that every statement waits for its
 * time limit.
 */
function whileLocked<Result>(database: SlowDatabase, work: () => Promise<Result>): Promise<Result> {
  return withClient(stack.databaseUrls[database], async (client) => {
    await client.query(`BEGIN; LOCK TABLE ${tables[database]} IN ACCESS EXCLUSIVE MODE`);
    const result = await work();
    await client.query('ROLLBACK');
    return result;
  });
}

/**
 * The same with locks that are released before a statement's time limit: statements are slow and
 * succeed.
 */
async function whileSlow<Result>(database: SlowDatabase, work: () => Promise<Result>): Promise<Result> {
  let isOver = false;
  const lockAgainAndAgain = async () => {
    while (!isOver) {
      await whileLocked(database, () => pause(pulseMs));
      await pause(betweenPulsesMs);
    }
  };
  const locks = lockAgainAndAgain();
  const result = await work().finally(() => {
    isOver = true;
  });
  await locks;
  return result;
}

interface OpenOrder {
  id: string;
  /** Of its payment. */
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

type Answer = Awaited<ReturnType<Shop['placeOrder']>>;

/** @throws Error if the request has no answer in time */
async function inTime(response: Promise<Answer>) {
  const late = pause(answeredWithinMs, undefined, { ref: false }).then(() => {
    throw new Error(`no answer within ${answeredWithinMs} ms`);
  });
  const { status, headers, body } = await Promise.race([response, late]);
  return { status, code: body['code'], retryAfter: headers.get('retry-after') };
}

/** The process may stop only after it has removed the file of the crash point. */
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

/** Charges that succeeded, of each order that has any. */
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
  ])('%s, locked after %s: charged once, and CONFIRMED without a repeat', async (database, point) => {
    const shop = openShop();
    const order = await shop.openOrder();
    crashSwitch.arm(point, 'SIGSTOP');
    const response = inTime(shop.pay(order));
    await eventually(() => expect(crashSwitch.isArmed(point)).toBe(false));

    await whileLocked(database, async () => {
      await resumeUntil(response, database);
    });

    expect([200, 202, 503]).toContain((await response).status);
    await eventually(async () => {
      expect(await shop.statusOf(order)).toBe('CONFIRMED');
      expect((await chargesByOrder()).get(order.id)).toBe(1);
    }, decided);
  });

  describe.each([
    { how: 'statements take up to 1.5 s', whileInTrouble: whileSlow, isUnavailable: false },
    { how: 'all statements reach their time limit', whileInTrouble: whileLocked, isUnavailable: true },
  ])('$how', ({ whileInTrouble, isUnavailable }) => {
    test.each(databases)(
      '%s: responds within the time limit, and confirms a repeated payment',
      async (database) => {
        const shop = openShop();
        const orders = await Promise.all(Array.from({ length: paidOrders }, () => shop.openOrder()));

        const responses = await whileInTrouble(database, () =>
          Promise.all([
            ...orders.map((order) => inTime(shop.pay(order))),
            inTime(shop.placeOrder()),
            inTime(shop.placeOrder()),
            inTime(shop.list()),
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
