import { randomUUID } from 'node:crypto';
import { createEvent } from '@shop/events/contracts';
import { freePorts } from '@shop/local-stack/ports';
import { eventually } from '@shop/testkit/eventually';
import { serviceCredential } from '@shop/testkit/keys';
import { changesBetween, scrape } from '@shop/testkit/metrics';
import { newAdmin, newCustomer, openShop, type Shop } from './support/shop';

let shop: Shop;
let metricsUrl: string;
beforeAll(async () => {
  const [port] = await freePorts(1);
  metricsUrl = `http://127.0.0.1:${port}`;
  shop = await openShop({ METRICS_PORT: String(port) });
});
afterAll(() => shop.close());

/** The change of the business counters while `work` runs, by series without the prefix shop_. */
async function counted(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await scrape(metricsUrl);
  await work();
  const after = await scrape(metricsUrl);
  const changes = ['orders_total', 'revenue', 'funnel'].flatMap((name) =>
    Object.entries(changesBetween(before, after, `shop_${name}`)),
  );
  return Object.fromEntries(changes.map(([series, change]) => [series.replace('shop_', ''), change]));
}

const newOrder = () => shop.newUnpaidOrder({ stock: 10, quantity: 2 });

const confirmed = {
  'orders_total{outcome="confirmed"}': 1,
  'funnel_total{step="confirmed"}': 1,
  'revenue_minor_total{currency="EUR"}': 2_000,
};

/** An order whose first attempt another process is paying. */
async function chargedElsewhere() {
  const { orderId } = await newOrder();
  await shop.sql('order', "UPDATE orders SET step = 'PAYING', attempt = 1 WHERE id = $1", [orderId]);
  return { orderId, paymentId: randomUUID() };
}

function succeeded({ orderId, paymentId }: { orderId: string; paymentId: string }) {
  return createEvent({
    ...{ source: 'payment', type: 'payment.succeeded', subject: paymentId },
    data: {
      ...{ paymentId, orderId, attempt: 1, amountCents: 2_000, currency: 'EUR' },
      ...{ failureCode: null, sent: true },
    },
  });
}

async function deliver(events: object): Promise<void> {
  const response = await fetch(`${shop.url}/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-service-authorization': `Bearer ${serviceCredential('payment', 'order')}`,
    },
    body: JSON.stringify(events),
  });
  expect(response.ok).toBe(true);
}

describe('The counters of orders', () => {
  it('count a purchase once, whose requests are repeated with their keys', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 10, priceCents: 1_000 });
    const buy = async () => {
      const created = await shop.createOrder(customer, [{ productId, quantity: 2 }], 'create');
      const paid = await shop.payOrder(customer, created.result.order!.id, 'sim_success', 'pay');
      return [created.replayed, paid.replayed];
    };
    const replays: boolean[][] = [];
    const changes = await counted(async () => {
      for (let count = 0; count < 3; count += 1) replays.push(await buy());
    });
    expect(replays).toEqual([
      [false, false],
      [true, true],
      [true, true],
    ]);
    expect(changes).toEqual({
      ...confirmed,
      'funnel_total{step="order_created"}': 1,
      'funnel_total{step="payment_started"}': 1,
    });
  });

  it('count a purchase once that 20 requests pay concurrently', async () => {
    const { customer, orderId } = await newOrder();
    const pay = () => shop.payOrder(customer, orderId, 'sim_success');
    expect(await counted(() => Promise.all(Array.from({ length: 20 }, pay)))).toEqual({
      ...confirmed,
      'funnel_total{step="payment_started"}': 1,
    });
  });

  it('count a payment once that an event reports, which is delivered several times', async () => {
    const payment = await chargedElsewhere();
    const repeated = succeeded(payment);
    const changes = await counted(async () => {
      for (const event of [repeated, repeated, succeeded(payment)]) await deliver(event);
    });
    expect(changes).toEqual(confirmed);
  });

  it('count a payment once whose transaction is rolled back because of another event, and repeated', async () => {
    const payment = await chargedElsewhere();
    // An order that does not exist cannot be charged: the whole batch is rolled back.
    const impossible = succeeded({
      orderId: 'ffffffff-ffff-7fff-bfff-ffffffffffff',
      paymentId: randomUUID(),
    });
    expect(await counted(() => deliver([succeeded(payment), impossible]))).toEqual(confirmed);
    expect(await shop.stepOf(payment.orderId)).not.toBe('PAYING');
  });

  it('count an order once that is cancelled repeatedly', async () => {
    const { customer, orderId } = await newOrder();
    const changes = await counted(async () => {
      for (let count = 0; count < 3; count += 1) await shop.cancelOrder(customer, orderId);
    });
    expect(changes).toEqual({ 'orders_total{outcome="cancelled"}': 1 });
  });

  it('count a declined order as failed, without revenue', async () => {
    const { customer, orderId } = await newOrder();
    expect(await counted(() => shop.payOrder(customer, orderId, 'sim_declined'))).toEqual({
      'orders_total{outcome="failed"}': 1,
      'funnel_total{step="payment_started"}': 1,
    });
  });

  it('count an order that is not paid in time as expired', async () => {
    const { customer, orderId } = await newOrder();
    const changes = await counted(async () => {
      await shop.sql('order', 'UPDATE orders SET expires_at = now() WHERE id = $1', [orderId]);
      await eventually(async () => {
        await shop.makeOrdersDue();
        expect(await shop.order(customer, orderId)).toMatchObject({ status: 'CANCELLED' });
      });
    });
    expect(changes).toEqual({ 'orders_total{outcome="expired"}': 1 });
  });

  it('count a confirmed order that an ADMIN cancels in both outcomes', async () => {
    const { customer, orderId } = await newOrder();
    await shop.payOrder(customer, orderId, 'sim_success');
    expect(await counted(() => shop.updateOrderStatus(newAdmin(), orderId, 'CANCELLED'))).toEqual({
      'orders_total{outcome="cancelled"}': 1,
    });
  });
});
