import { eventually } from '@shop/testkit/eventually';
import { newAdmin, newCustomer, openShop, type Shop } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterEach(async () => {
  await shop.neighbours.product.start();
  await shop.neighbours.payment.start();
});
afterAll(() => shop.close());

const newOrder = () => shop.newUnpaidOrder({ stock: 10, quantity: 2 });

describe('While product is unavailable', () => {
  test('createOrder returns UPSTREAM_UNAVAILABLE and stores nothing; the same key places the order later', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct();
    const items = [{ productId, quantity: 1 }];
    await shop.neighbours.product.stop();

    const { code } = await shop.createOrder(customer, items, 'key');
    expect(code).toBe('UPSTREAM_UNAVAILABLE');
    expect((await shop.orders(customer)).data.orders.nodes).toEqual([]);

    await shop.neighbours.product.start();
    await eventually(async () => {
      const { result, replayed } = await shop.createOrder(customer, items, 'key');
      expect(result).toMatchObject({ __typename: 'OrderPayload' });
      expect(replayed).toBe(false);
    });
    await shop.expectInvariantsSoon();
    expect(await shop.stockOf(productId)).toBe(9);
  });

  test('a paid order is CONFIRMED, and its stock is committed later', async () => {
    const { customer, orderId } = await newOrder();
    await shop.neighbours.product.stop();

    const { result } = await shop.payOrder(customer, orderId, 'sim_success');

    expect(result).toMatchObject({ __typename: 'PayOrderSuccess', order: { status: 'CONFIRMED' } });
    await shop.neighbours.product.start();
    await shop.expectInvariantsSoon();
    expect(await shop.reservationOf(orderId)).toBe('COMMITTED');
  });

  test('an order can be cancelled, and its stock is released later', async () => {
    const { customer, productId, orderId } = await newOrder();
    await shop.neighbours.product.stop();

    const { result } = await shop.cancelOrder(customer, orderId);

    expect(result).toMatchObject({ __typename: 'OrderPayload', order: { status: 'CANCELLED' } });
    await shop.neighbours.product.start();
    await shop.expectInvariantsSoon();
    expect(await shop.stockOf(productId)).toBe(10);
  });
});

describe('While payment is unavailable', () => {
  test('payOrder returns UPSTREAM_UNAVAILABLE and charges nothing; the same key pays later', async () => {
    const { customer, orderId } = await newOrder();
    await shop.neighbours.payment.stop();

    const { code } = await shop.payOrder(customer, orderId, 'sim_success', 'key');
    expect(code).toBe('UPSTREAM_UNAVAILABLE');
    expect(await shop.stepOf(orderId)).toBe('AWAITING_PAYMENT');

    await shop.neighbours.payment.start();
    await eventually(async () => {
      const { result } = await shop.payOrder(customer, orderId, 'sim_success', 'key');
      expect(result).toMatchObject({ __typename: 'PayOrderSuccess' });
    });
    expect(await shop.paymentsOf(orderId)).toEqual([{ status: 'SUCCEEDED' }]);
    await shop.expectInvariantsSoon();
  });

  test('an order stays payable after any number of attempts, and its timeline has at most 50 entries', async () => {
    const { customer, orderId } = await newOrder();
    await shop.neighbours.payment.stop();
    for (let tries = 1; tries <= 25; tries += 1) {
      const { code } = await shop.payOrder(customer, orderId, 'sim_success', 'key');
      expect(code).toBe('UPSTREAM_UNAVAILABLE');
    }
    const timeline = (await shop.order(customer, orderId))?.timeline;
    expect(timeline).toHaveLength(50);
    expect(timeline?.[0]?.message).toMatch(/^Order placed/);

    await shop.neighbours.payment.start();
    await eventually(async () => {
      const { result } = await shop.payOrder(customer, orderId, 'sim_success', 'key');
      expect(result).toMatchObject({ __typename: 'PayOrderSuccess' });
    });
    const paid = await shop.sql<{ attempt: number }>(
      'payment',
      'SELECT attempt FROM payments WHERE order_id = $1',
      [orderId],
    );
    expect(paid).toHaveLength(1);
    expect(paid[0]?.attempt).toBeGreaterThan(25);
    await shop.expectInvariantsSoon();
  });

  test('an ADMIN can cancel a paid order, and the refund is made later', async () => {
    const { customer, orderId } = await newOrder();
    await shop.payOrder(customer, orderId, 'sim_success');
    await shop.neighbours.payment.stop();

    const { result } = await shop.cancelOrder(newAdmin(), orderId);

    expect(result).toMatchObject({ __typename: 'OrderPayload', order: { status: 'CANCELLED' } });
    expect(await shop.stepOf(orderId)).toBe('REFUNDING');
    await shop.neighbours.payment.start();
    await shop.expectInvariantsSoon();
    expect(await shop.paymentsOf(orderId)).toEqual([{ status: 'REFUNDED' }]);
  });
});
