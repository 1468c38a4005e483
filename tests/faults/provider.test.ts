import { withClient } from '@shop/local-stack/postgres';
import { eventually } from '@shop/testkit/eventually';
import { type SimulatedWebhook, simulatedWebhook, webhookSecret } from '@shop/testkit/webhooks';
import { unwrap, openShop, type Shop } from '../e2e/shop';
import { expectInvariants } from '../invariants';

let shop: Shop;

beforeAll(async () => {
  // The simulator also sends each of its own webhooks twice, late and out of order.
  shop = await openShop({}, { SIMULATOR_WEBHOOK_SECRET: webhookSecret, SIMULATOR_WEBHOOK_CHAOS: 'true' });
});
afterAll(() => shop.close());

const sql = <Row>(text: string, values: unknown[] = []): Promise<Row[]> =>
  withClient(shop.databaseUrls.payment, async (client) => (await client.query(text, values)).rows as Row[]);

async function deliver({ body, headers }: Pick<SimulatedWebhook, 'body' | 'headers'>): Promise<number> {
  const url = `${shop.gatewayUrl}/v1/payments/webhooks/simulator`;
  const response = await fetch(url, { method: 'POST', body, headers });
  await response.body?.cancel();
  return response.status;
}

/** Starts the payment of a new order. @returns also the key of the payment attempt */
async function orderPaidWith(method: string) {
  const { accessToken, order } = await shop.newOrder(shop.storefronts.REST, { stock: 5, quantity: 2 });
  const outcome = await shop.storefronts.REST.payOrder(accessToken, order.id, method);
  return { accessToken, orderId: order.id, outcome, key: `${order.id}:1` };
}

type StartedPayment = Awaited<ReturnType<typeof orderPaidWith>>;

const read = async ({ accessToken, orderId }: StartedPayment) =>
  unwrap(await shop.storefronts.REST.order(accessToken, orderId));

const eventuallyConfirmed = (started: StartedPayment) =>
  eventually(async () => expect((await read(started)).status).toBe('CONFIRMED'));

const chargesOf = ({ orderId }: StartedPayment) =>
  sql<{ key: string; isRefunded: boolean }>(
    `SELECT key, EXISTS (SELECT FROM simulator.refunds WHERE charge_key = charges.key) AS "isRefunded"
       FROM simulator.charges WHERE order_id = $1 ORDER BY key`,
    [orderId],
  );

describe('payment provider: timeout, late response, duplicate, out of order, bad signature', () => {
  it('a timeout leaves the payment UNKNOWN, and the inquiry finds the one charge', async () => {
    const started = await orderPaidWith('sim_timeout');
    expect(unwrap(started.outcome)).toMatchObject({
      order: { status: 'PENDING' },
      payment: { status: 'UNKNOWN' },
    });
    await eventuallyConfirmed(started);
    expect(await chargesOf(started)).toEqual([{ key: started.key, isRefunded: false }]);
  });

  it('a charge that arrives after its attempt was declared failed is refunded, and the order keeps one charge', async () => {
    const started = await orderPaidWith('sim_unavailable');
    expect(started.outcome).toMatchObject({ ok: false, code: 'upstream_unavailable' });
    unwrap(await shop.storefronts.REST.payOrder(started.accessToken, started.orderId, 'sim_success'));
    await sql(
      `INSERT INTO simulator.charges (key, order_id, amount_cents, currency, outcome, settles_at)
       SELECT provider_key, order_id, amount_cents, currency, 'succeeded', now() FROM payments WHERE provider_key = $1`,
      [started.key],
    );
    expect(await deliver(simulatedWebhook(started.key))).toBe(204);
    await eventually(async () =>
      expect(await chargesOf(started)).toEqual([
        { key: started.key, isRefunded: true },
        { key: `${started.orderId}:2`, isRefunded: false },
      ]),
    );
    await eventually(async () =>
      expect((await read(started)).payments.map(({ status }) => status).sort()).toEqual([
        'REFUNDED',
        'SUCCEEDED',
      ]),
    );
    expect((await read(started)).status).toBe('CONFIRMED');
  });

  it('a webhook delivered fifty times has one effect', async () => {
    const started = await orderPaidWith('sim_processing');
    const webhook = simulatedWebhook(started.key);
    const statuses = await Promise.all(Array.from({ length: 50 }, () => deliver(webhook)));
    expect(new Set(statuses)).toEqual(new Set([204]));
    await eventuallyConfirmed(started);
    expect(await chargesOf(started)).toEqual([{ key: started.key, isRefunded: false }]);
    expect(await sql('SELECT deliveries FROM webhooks WHERE id = $1', [webhook.id])).toEqual([
      { deliveries: 50 },
    ]);
  });

  it('webhooks out of order or for unknown payments do not change the final state', async () => {
    const started = await orderPaidWith('sim_processing');
    for (const type of ['charge.refunded', 'charge.declined', 'charge.succeeded', 'charge.unheard_of'])
      expect(await deliver(simulatedWebhook(started.key, { type }))).toBe(204);
    expect((await read(started)).status).not.toBe('CANCELLED');
    await eventuallyConfirmed(started);
    expect(await deliver(simulatedWebhook(started.key, { type: 'charge.declined' }))).toBe(204);
    await eventually(async () =>
      expect(
        await sql('SELECT FROM webhooks WHERE charge_key = $1 AND processed_at IS NULL', [started.key]),
      ).toEqual([]),
    );
    expect(await read(started)).toMatchObject({ status: 'CONFIRMED', payments: [{ status: 'SUCCEEDED' }] });
    expect(await chargesOf(started)).toEqual([{ key: started.key, isRefunded: false }]);
  });

  it('a webhook with a bad signature is rejected and not stored', async () => {
    const started = await orderPaidWith('sim_declined');
    const yesterday = new Date(Date.now() - 86_400_000);
    const bad = [
      { ...simulatedWebhook(started.key), headers: {} },
      simulatedWebhook(started.key, { id: 'forged', secret: 'guessed' }),
      simulatedWebhook(started.key, { id: 'forged', at: yesterday }),
      { ...simulatedWebhook(started.key), body: '{"id":"forged"}' },
    ];
    for (const webhook of bad) expect(await deliver(webhook)).toBe(400);
    expect(await sql(`SELECT FROM webhooks WHERE id = 'forged'`)).toEqual([]);
    expect((await read(started)).status).toBe('CANCELLED');
  });

  it("the provider's own webhooks are processed, and all invariants hold", async () => {
    await eventually(async () => {
      const [counts] = await sql<{ charges: number; reported: number; waiting: number }>(
        `SELECT (SELECT count(*)::int FROM simulator.charges) AS charges,
                (SELECT count(DISTINCT charge_key)::int FROM webhooks WHERE id LIKE 'sim_evt%') AS reported,
                (SELECT count(*)::int FROM webhooks WHERE processed_at IS NULL) AS waiting`,
      );
      expect(counts).toEqual({ charges: counts?.reported, reported: counts?.charges, waiting: 0 });
    });
    await expectInvariants(shop.databaseUrls);
  });
});
