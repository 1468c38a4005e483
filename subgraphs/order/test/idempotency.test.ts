import { expectInvariants } from '../../../tests/invariants';
import { newCustomer, openShop, type Shop } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

const ordersOf = (userId: string) => shop.sql('order', 'SELECT id FROM orders WHERE user_id = $1', [userId]);

describe('createOrder with an idempotency key', () => {
  test('repeated answers the same order and says so', async () => {
    const customer = newCustomer();
    const items = [{ productId: await shop.newProduct(), quantity: 1 }];

    const first = await shop.createOrder(customer, items, 'key');
    const repeated = await shop.createOrder(customer, items, 'key');

    expect(first.result.__typename).toBe('OrderPayload');
    expect(repeated.result).toEqual(first.result);
    expect([first.replayed, repeated.replayed]).toEqual([false, true]);
    expect(await ordersOf(customer.userId)).toHaveLength(1);
  });

  test('100 times at once makes one order and 100 equal answers', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 200 });

    const answers = await Promise.all(
      Array.from({ length: 100 }, () => shop.createOrder(customer, [{ productId, quantity: 1 }], 'key')),
    );

    expect(new Set(answers.map(({ result }) => JSON.stringify(result))).size).toBe(1);
    expect(answers[0]?.result.__typename).toBe('OrderPayload');
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await ordersOf(customer.userId)).toHaveLength(1);
    expect(await shop.stockOf(productId)).toBe(199);
  });

  test('repeats a refusal too, even when the stock has come', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 0 });
    const items = [{ productId, quantity: 1 }];
    const first = await shop.createOrder(customer, items, 'key');
    await shop.sql(
      'product',
      `WITH entry AS (INSERT INTO stock_ledger (product_id, delta, reason, actor) VALUES ($1, 5, 'delivery', 'test'))
       UPDATE products SET stock = 5 WHERE id = $1`,
      [productId],
    );
    const repeated = await shop.createOrder(customer, items, 'key');
    expect(first.result.__typename).toBe('OutOfStock');
    expect(repeated).toEqual({ ...first, replayed: true });
  });

  test('that was used for something else is IdempotencyConflict; another user may use the same key', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct();
    await shop.createOrder(customer, [{ productId, quantity: 1 }], 'key');

    const other = await shop.createOrder(customer, [{ productId, quantity: 2 }], 'key');
    const otherUser = await shop.createOrder(newCustomer(), [{ productId, quantity: 2 }], 'key');

    expect(other.result).toMatchObject({ __typename: 'IdempotencyConflict', code: 'idempotency_conflict' });
    expect(otherUser.result.__typename).toBe('OrderPayload');
  });

  test.each(['', 'x'.repeat(129), 'ä'])('that is none (%j) is InvalidInput', async (key) => {
    const productId = await shop.newProduct();
    const { result } = await shop.createOrder(newCustomer(), [{ productId, quantity: 1 }], key);
    expect(result).toMatchObject({ __typename: 'InvalidInput', fields: [{ path: 'idempotencyKey' }] });
  });
});

describe('payOrder with an idempotency key', () => {
  async function newOrder() {
    const customer = newCustomer();
    const order = await shop.newOrder(customer, [{ productId: await shop.newProduct(), quantity: 1 }]);
    return { customer, orderId: order.id };
  }

  test.each(['sim_success', 'sim_declined'])(
    '100 times at once with %s: one charge and 100 equal answers',
    async (method) => {
      const { customer, orderId } = await newOrder();

      const answers = await Promise.all(
        Array.from({ length: 100 }, () => shop.payOrder(customer, orderId, method, 'key')),
      );

      expect(new Set(answers.map(({ result }) => JSON.stringify(result))).size).toBe(1);
      expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(await shop.sql('payment', 'SELECT FROM payments WHERE order_id = $1', [orderId])).toHaveLength(
        1,
      );
      await expectInvariants(shop.databaseUrls);
    },
  );

  test('that was used for another order or operation is IdempotencyConflict', async () => {
    const { customer, orderId } = await newOrder();
    await shop.createOrder(customer, [{ productId: await shop.newProduct(), quantity: 1 }], 'create');
    const { result } = await shop.payOrder(customer, orderId, 'sim_success', 'create');
    expect(result).toMatchObject({ __typename: 'IdempotencyConflict' });
    expect(await shop.stepOf(orderId)).toBe('AWAITING_PAYMENT');
  });

  test('that is none is BAD_USER_INPUT', async () => {
    const { customer, orderId } = await newOrder();
    const { code } = await shop.payOrder(customer, orderId, 'sim_success', 'ä');
    expect(code).toBe('BAD_USER_INPUT');
  });
});
