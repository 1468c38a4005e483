import { eventually } from '@shop/testkit/eventually';
import { type OrderProcess, startOrderProcess } from './support/order-process';
import { type Neighbours, startNeighbours } from './support/services';
import { inTrace, newAdmin, newCustomer, shopAt, throughProxies } from './support/shop';

let neighbours: Neighbours;
let order: OrderProcess;
beforeAll(async () => {
  neighbours = await startNeighbours();
});
beforeEach(async () => {
  order = await startOrder({ ...neighbours.orderEnvironment, ...throughProxies(neighbours) });
});
afterEach(() => order.kill());
afterAll(() => neighbours.stop());

async function startOrder(environment: Record<string, string>): Promise<OrderProcess> {
  const started = await startOrderProcess(environment);
  neighbours.proxies.order.setTarget(started.url);
  return started;
}

/**
 * Kills the order process while a response is delayed, starts another one and waits until it has
 * finished the work.
 */
async function killAndRestart(changes: Record<string, string> = {}) {
  await order.kill();
  neighbours.proxies.product.heal();
  neighbours.proxies.payment.heal();
  order = await startOrder({ ...neighbours.orderEnvironment, ...changes });
  const shop = shopAt(order.url, neighbours);
  await shop.expectInvariantsSoon();
  return shop;
}

/** The server is killed before it responds. */
const withoutResponse = (request: Promise<unknown>) => request.catch(() => undefined);

describe('After the order process was killed', () => {
  test('between the reservation and its response, the order is PENDING, the same key returns it, and its entry names its request', async () => {
    let shop = shopAt(order.url, neighbours);
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 10 });
    const items = [{ productId, quantity: 3 }];
    neighbours.proxies.product.swallow('ReserveStock', 'hold');

    const request = withoutResponse(shop.createOrder(inTrace('a', customer), items, 'key'));
    await eventually(async () => expect(await shop.stockOf(productId)).toBe(7));
    shop = await killAndRestart();
    await request;

    const { result, replayed } = await shop.createOrder(customer, items, 'key');
    expect(result).toMatchObject({ __typename: 'OrderPayload', order: { status: 'PENDING' } });
    expect(replayed).toBe(true);
    expect(await shop.stockOf(productId)).toBe(7);
    expect(await shop.timelineTraces(newAdmin(), result.order!.id)).toEqual(['a'.repeat(32)]);
  });

  test.each([
    ['the charge', 1_000],
    ['the payment of a total of 0', 0],
  ])('between %s and its response, the order is CONFIRMED and charged once', async (_when, priceCents) => {
    let shop = shopAt(order.url, neighbours);
    const customer = newCustomer();
    const productId = await shop.newProduct({ priceCents });
    const { id } = await shop.newOrder(customer, [{ productId, quantity: 1 }]);
    const payments = () =>
      shop.sql<{ status: string }>('payment', 'SELECT status FROM payments WHERE order_id = $1', [id]);
    neighbours.proxies.payment.swallow('CreatePaymentIntent', 'hold');

    const request = withoutResponse(shop.payOrder(customer, id, 'sim_success', 'key'));
    await eventually(async () => expect(await payments()).toEqual([{ status: 'SUCCEEDED' }]));
    shop = await killAndRestart();
    await request;

    expect(await shop.order(customer, id)).toMatchObject({ status: 'CONFIRMED' });
    expect((await shop.payOrder(customer, id, 'sim_success', 'key')).result.__typename).toBe(
      'PayOrderSuccess',
    );
    expect(await payments()).toEqual([{ status: 'SUCCEEDED' }]);
  });

  test('after a decline, during the release of the stock, the stock is released once', async () => {
    let shop = shopAt(order.url, neighbours);
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 10 });
    const { id } = await shop.newOrder(customer, [{ productId, quantity: 3 }]);
    neighbours.proxies.product.swallow('ReleaseStock', 'hold');

    const request = withoutResponse(shop.payOrder(customer, id, 'sim_declined'));
    await eventually(async () => expect(await shop.stockOf(productId)).toBe(10));
    shop = await killAndRestart();
    await request;

    expect(await shop.order(customer, id)).toMatchObject({
      status: 'CANCELLED',
      cancelReason: 'PAYMENT_FAILED',
    });
    expect(await shop.stockOf(productId)).toBe(10);
  });

  test('between a decline and its response, with PAYMENT_DECLINE=retry, the order can be paid and the key replays the decline', async () => {
    const retry = { PAYMENT_DECLINE: 'retry' };
    await order.kill();
    order = await startOrder({ ...neighbours.orderEnvironment, ...throughProxies(neighbours), ...retry });
    let shop = shopAt(order.url, neighbours);
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 10 });
    const { id } = await shop.newOrder(customer, [{ productId, quantity: 3 }]);
    const payments = () =>
      shop.sql<{ status: string }>('payment', 'SELECT status FROM payments WHERE order_id = $1', [id]);
    neighbours.proxies.payment.swallow('CreatePaymentIntent', 'hold');

    const request = withoutResponse(shop.payOrder(customer, id, 'sim_declined', 'first'));
    await eventually(async () => expect(await payments()).toEqual([{ status: 'FAILED' }]));
    shop = await killAndRestart(retry);
    await request;

    await eventually(async () => expect(await shop.stepOf(id)).toBe('AWAITING_PAYMENT'));
    expect(await shop.stockOf(productId)).toBe(7);
    const { result } = await shop.payOrder(customer, id, 'sim_declined', 'first');
    expect(result).toMatchObject({ __typename: 'PaymentDeclined', order: { status: 'PENDING' } });
    const paid = await shop.payOrder(customer, id, 'sim_success', 'second');
    expect(paid.result.__typename).toBe('PayOrderSuccess');
    expect(await shop.stockOf(productId)).toBe(7);
  });

  test('between a permanent rejection and its response, the order is PENDING and the key replays the rejection', async () => {
    let shop = shopAt(order.url, neighbours);
    const customer = newCustomer();
    const { id } = await shop.newOrder(customer, [{ productId: await shop.newProduct(), quantity: 1 }]);
    const payments = () =>
      shop.sql<{ status: string }>('payment', 'SELECT status FROM payments WHERE order_id = $1', [id]);
    neighbours.proxies.payment.swallow('CreatePaymentIntent', 'hold');

    const request = withoutResponse(shop.payOrder(customer, id, 'sim_not_possible', 'key'));
    await eventually(async () => expect(await payments()).toEqual([{ status: 'FAILED' }]));
    shop = await killAndRestart();
    await request;

    await eventually(async () => expect(await shop.stepOf(id)).toBe('AWAITING_PAYMENT'));
    const { result, replayed } = await shop.payOrder(customer, id, 'sim_not_possible', 'key');
    expect(result).toMatchObject({ __typename: 'PaymentNotPossible', order: { status: 'PENDING' } });
    expect(replayed).toBe(true);
    expect(await payments()).toEqual([{ status: 'FAILED' }]);
  });

  test.each([1_000, 0])('during a refund of %d, the refund is made once', async (priceCents) => {
    let shop = shopAt(order.url, neighbours);
    const customer = newCustomer();
    const productId = await shop.newProduct({ priceCents });
    const { id } = await shop.newOrder(customer, [{ productId, quantity: 1 }]);
    await shop.payOrder(customer, id, 'sim_success');
    neighbours.proxies.payment.swallow('RefundPayment', 'hold');

    const request = withoutResponse(shop.cancelOrder(newAdmin(), id));
    const payments = () =>
      shop.sql<{ status: string }>('payment', 'SELECT status FROM payments WHERE order_id = $1', [id]);
    await eventually(async () => expect(await payments()).toEqual([{ status: 'REFUNDED' }]));
    shop = await killAndRestart();
    await request;

    expect(await shop.stepOf(id)).toBe('CLOSED');
    expect(await payments()).toEqual([{ status: 'REFUNDED' }]);
  });
});
