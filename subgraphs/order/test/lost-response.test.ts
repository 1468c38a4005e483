import { eventually } from '@shop/testkit/eventually';
import { newAdmin, newCustomer, openShop, type Shop, throughProxies } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop(throughProxies);
});
afterEach(() => {
  shop.neighbours.proxies.product.heal();
  shop.neighbours.proxies.payment.heal();
});
afterAll(() => shop.close());

const newOrder = () => shop.newUnpaidOrder({ stock: 10, quantity: 2 });

describe('After the loss of a response', () => {
  test('to a reservation, the order is placed once, and the same key returns it', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct();
    const items = [{ productId, quantity: 1 }];
    shop.neighbours.proxies.product.swallow('ReserveStock', 'lose');

    const { code } = await shop.createOrder(customer, items, 'key');
    expect(code).toBe('UPSTREAM_UNAVAILABLE');

    shop.neighbours.proxies.product.heal();
    await eventually(async () => {
      await shop.makeOrdersDue();
      const nodes = (await shop.orders(customer)).data.orders.nodes as unknown[];
      expect(nodes).toHaveLength(1);
    });
    const { result, replayed } = await shop.createOrder(customer, items, 'key');
    expect(result).toMatchObject({ __typename: 'OrderPayload', order: { status: 'PENDING' } });
    expect(replayed).toBe(true);
    expect(await shop.stockOf(productId)).toBe(9);
    await shop.expectInvariantsSoon();
  });

  test('to a charge, the order is paid once, and the same key returns PayOrderSuccess', async () => {
    const { customer, orderId } = await newOrder();
    shop.neighbours.proxies.payment.swallow('CreatePaymentIntent', 'lose');

    await shop.payOrder(customer, orderId, 'sim_success', 'key');

    await eventually(async () => {
      expect(await shop.order(customer, orderId)).toMatchObject({ status: 'CONFIRMED' });
    });
    const { result, replayed } = await shop.payOrder(customer, orderId, 'sim_success', 'key');
    expect(result).toMatchObject({ __typename: 'PayOrderSuccess' });
    expect(replayed).toBe(true);
    expect(await shop.paymentsOf(orderId)).toEqual([{ status: 'SUCCEEDED' }]);
    await shop.expectInvariantsSoon();
  });

  test('to a charge that arrives late, the first response equals its replay, even if an ADMIN cancels in between', async () => {
    const payLate = async () => {
      const { customer, orderId } = await newOrder();
      shop.neighbours.proxies.payment.swallow('CreatePaymentIntent', 'hold');
      const paying = shop.payOrder(customer, orderId, 'sim_success', 'key');
      await eventually(async () => {
        expect(await shop.order(customer, orderId)).toMatchObject({ status: 'CONFIRMED' });
      });
      const { result: cancelled } = await shop.cancelOrder(newAdmin(), orderId);
      expect(cancelled).toMatchObject({ __typename: 'OrderPayload', order: { status: 'CANCELLED' } });
      shop.neighbours.proxies.payment.heal();
      const first = await paying;
      // On a busy machine the call may time out first: retry.
      expect(first.code).toBeUndefined();
      return { customer, orderId, first };
    };

    const { customer, orderId, first } = await eventually(payLate, { timeoutMs: 40_000 });
    const repeated = await shop.payOrder(customer, orderId, 'sim_success', 'key');

    expect([first, repeated]).toMatchObject([
      { replayed: false, result: { __typename: 'PayOrderSuccess' } },
      { replayed: true, result: { __typename: 'PayOrderSuccess' } },
    ]);
    await shop.expectInvariantsSoon();
    expect(await shop.paymentsOf(orderId)).toEqual([{ status: 'REFUNDED' }]);
  });

  test.each(['CommitStocks', 'ReleaseStock'])('to %s, it is done once', async (operation) => {
    const { customer, productId, orderId } = await newOrder();
    shop.neighbours.proxies.product.swallow(operation, 'lose');
    await shop.payOrder(customer, orderId, operation === 'CommitStocks' ? 'sim_success' : 'sim_declined');
    shop.neighbours.proxies.product.heal();
    await shop.expectInvariantsSoon();
    expect(await shop.stockOf(productId)).toBe(operation === 'CommitStocks' ? 8 : 10);
  });
});

test('A draft that is not placed within a minute is deleted, and its stock is released', async () => {
  const customer = newCustomer();
  const productId = await shop.newProduct();
  shop.neighbours.proxies.product.swallow('ReserveStock', 'lose');
  await shop.createOrder(customer, [{ productId, quantity: 4 }]);
  expect(await shop.stockOf(productId)).toBe(6);

  await shop.sql(
    'order',
    "UPDATE orders SET created_at = created_at - interval '61 seconds' WHERE user_id = $1",
    [customer.userId],
  );
  await shop.expectInvariantsSoon();

  expect(await shop.stockOf(productId)).toBe(10);
  expect(await shop.sql('order', 'SELECT FROM orders WHERE user_id = $1', [customer.userId])).toEqual([]);
});
