import { eventually } from '@shop/testkit/eventually';
import { expectInvariants } from '../../../tests/invariants';
import { newAdmin, newCustomer, openShop, type Shop } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

const newOrder = () => shop.newUnpaidOrder({ stock: 10, quantity: 2 });

const paymentsOf = (orderId: string) =>
  shop.sql('payment', 'SELECT status, provider FROM payments WHERE order_id = $1', [orderId]);

describe('payOrder', () => {
  test('confirms the order and commits its stock', async () => {
    const { customer, orderId } = await newOrder();

    const { result } = await shop.payOrder(customer, orderId, 'sim_success');

    expect(result).toMatchObject({
      __typename: 'PayOrderSuccess',
      order: { status: 'CONFIRMED', expiresAt: null },
      payment: { id: expect.any(String) },
    });
    expect(result.order?.timeline.map(({ status }) => status)).toEqual(['PENDING', 'PENDING', 'CONFIRMED']);
    await eventually(async () => expect(await shop.reservationOf(orderId)).toBe('COMMITTED'));
    await expectInvariants(shop.databaseUrls);
  });

  test.each(['sim_declined', 'sim_insufficient_funds'])(
    'cancels the order with %s, and its stock is released before the response',
    async (method) => {
      const { customer, productId, orderId } = await newOrder();

      const { result } = await shop.payOrder(customer, orderId, method);
      const stock = await shop.stockOf(productId);

      expect(result).toMatchObject({
        __typename: 'PaymentDeclined',
        code: 'payment_declined',
        order: { status: 'CANCELLED', cancelReason: 'PAYMENT_FAILED', expiresAt: null },
        payment: { id: expect.any(String) },
      });
      expect(stock).toBe(10);
      await expectInvariants(shop.databaseUrls);
    },
  );

  test.each(['sim_timeout', 'sim_processing'])(
    'leaves the order PENDING with %s until it is CONFIRMED in the background',
    async (method) => {
      const { customer, orderId } = await newOrder();

      const { result } = await shop.payOrder(customer, orderId, method);

      expect(result).toMatchObject({ __typename: 'PaymentPending', payment: { id: expect.any(String) } });
      await eventually(async () => {
        expect(await shop.order(customer, orderId)).toMatchObject({ status: 'CONFIRMED' });
      });
      await expectInvariants(shop.databaseUrls);
    },
  );

  test('returns PayOrderSuccess for a key that returned PaymentPending once the order is CONFIRMED, even after an ADMIN has cancelled it', async () => {
    const { customer, orderId } = await newOrder();
    const pay = () => shop.payOrder(customer, orderId, 'sim_processing', 'pay');
    const pending = await pay();
    await eventually(async () => {
      expect(await shop.order(customer, orderId)).toMatchObject({ status: 'CONFIRMED' });
    });

    const decided = await pay();
    await shop.cancelOrder(newAdmin(), orderId);
    const cancelled = await pay();

    const { payment } = pending.result;
    expect([pending, decided, cancelled]).toMatchObject([
      { replayed: false, result: { __typename: 'PaymentPending', order: { status: 'PENDING' } } },
      { replayed: true, result: { __typename: 'PayOrderSuccess', order: { status: 'CONFIRMED' }, payment } },
      { replayed: true, result: { __typename: 'PayOrderSuccess', order: { status: 'CANCELLED' }, payment } },
    ]);
  });

  test('passes the return URL to the payment, and returns IdempotencyConflict for the same key with another URL', async () => {
    const { customer, orderId } = await newOrder();
    const pay = (returnUrl?: string) =>
      shop.payOrder(customer, orderId, 'sim_requires_action', 'pay', returnUrl);
    const returnUrl = 'https://shop.example/checkout/return';

    const first = await pay(returnUrl);
    const others = [await pay(`${returnUrl}?again`), await pay()];

    expect(first.result).toMatchObject({ __typename: 'PaymentPending', order: { status: 'PENDING' } });
    const urls = (subgraph: 'order' | 'payment', table: string, column: string) =>
      shop.sql(subgraph, `SELECT return_url FROM ${table} WHERE ${column} = $1`, [orderId]);
    expect(await urls('order', 'orders', 'id')).toEqual([{ return_url: returnUrl }]);
    expect(await urls('payment', 'payments', 'order_id')).toEqual([{ return_url: returnUrl }]);
    expect(others.map(({ result }) => result.__typename)).toEqual([
      'IdempotencyConflict',
      'IdempotencyConflict',
    ]);
    expect(await pay(returnUrl)).toMatchObject({
      replayed: true,
      result: { __typename: 'PaymentPending', payment: first.result.payment },
    });

    // The time limit for the authentication has expired.
    await shop.sql(
      'payment',
      `UPDATE payments SET created_at = now() - interval '1 hour' WHERE order_id = $1`,
      [orderId],
    );
    await eventually(async () => {
      expect(await shop.order(customer, orderId)).toMatchObject({ status: 'CANCELLED' });
    });
    expect(await urls('order', 'orders', 'id')).toEqual([{ return_url: null }]);
    expect(await urls('payment', 'payments', 'order_id')).toEqual([{ return_url: null }]);
  });

  test('rejects an invalid return URL', async () => {
    const { customer, orderId } = await newOrder();
    for (const returnUrl of ['http://shop.example/', 'javascript:alert(1)', '/return'])
      expect(await shop.payOrder(customer, orderId, 'sim_success', undefined, returnUrl)).toMatchObject({
        code: 'BAD_USER_INPUT',
      });
    expect(await shop.order(customer, orderId)).toMatchObject({ status: 'PENDING' });
  });

  test('charges nothing while the provider is unavailable: the order can be paid with the same key', async () => {
    const { customer, orderId } = await newOrder();

    const { code } = await shop.payOrder(customer, orderId, 'sim_unavailable', 'pay');
    expect(code).toBe('UPSTREAM_UNAVAILABLE');
    expect(await shop.order(customer, orderId)).toMatchObject({ status: 'PENDING' });

    const { result } = await shop.payOrder(customer, orderId, 'sim_success', 'pay');
    expect(result).toMatchObject({ __typename: 'PayOrderSuccess', order: { status: 'CONFIRMED' } });
    await expectInvariants(shop.databaseUrls);
  });

  test('returns PaymentNotPossible for sim_not_possible and its replay, and the order stays PENDING until it is cancelled', async () => {
    const { customer, productId, orderId } = await newOrder();
    const pay = () => shop.payOrder(customer, orderId, 'sim_not_possible', 'key');

    const [refused, repeated] = [await pay(), await pay()];

    const notPossible = {
      __typename: 'PaymentNotPossible',
      code: 'payment_not_possible',
      message: expect.stringContaining('cannot charge this amount: 2000 EUR'),
      order: { status: 'PENDING' },
      payment: { id: expect.any(String) },
    };
    expect(refused).toMatchObject({ replayed: false, result: notPossible });
    expect(repeated).toMatchObject({ replayed: true, result: notPossible });
    expect(await paymentsOf(orderId)).toEqual([{ status: 'FAILED', provider: 'simulator' }]);
    expect(await shop.stockOf(productId)).toBe(8);
    expect((await shop.order(customer, orderId))?.timeline.at(-1)?.message).toBe(
      'The payment is not possible: nothing was charged.',
    );
    const { result } = await shop.cancelOrder(customer, orderId);
    expect(result).toMatchObject({ order: { status: 'CANCELLED' } });
    expect((await pay()).result).toMatchObject({ ...notPossible, order: { status: 'CANCELLED' } });
    await expectInvariants(shop.databaseUrls);
  });

  test('counts sim_not_possible as an attempt', async () => {
    const { customer, orderId } = await newOrder();
    for (let attempt = 1; attempt <= 10; attempt += 1)
      expect((await shop.payOrder(customer, orderId, 'sim_not_possible')).result.__typename).toBe(
        'PaymentNotPossible',
      );
    const { result } = await shop.payOrder(customer, orderId, 'sim_success');
    expect(result.__typename).toBe('TooManyPaymentAttempts');
  });

  test.each(['sim_declined', 'sim_unheard_of', 'sim_not_possible'])(
    'confirms an order with a total of 0 and %s without a provider, and an ADMIN can cancel it',
    async (method) => {
      const customer = newCustomer();
      const productId = await shop.newProduct({ stock: 10, priceCents: 0 });
      const { id: orderId } = await shop.newOrder(customer, [{ productId, quantity: 2 }]);

      const { result } = await shop.payOrder(customer, orderId, method);

      expect(result).toMatchObject({ __typename: 'PayOrderSuccess', order: { status: 'CONFIRMED' } });
      await eventually(async () => expect(await shop.reservationOf(orderId)).toBe('COMMITTED'));
      expect(await paymentsOf(orderId)).toEqual([{ status: 'SUCCEEDED', provider: 'none' }]);
      await expectInvariants(shop.databaseUrls);

      await shop.cancelOrder(newAdmin(), orderId);
      await eventually(async () => expect(await shop.stepOf(orderId)).toBe('CLOSED'));
      expect(await paymentsOf(orderId)).toEqual([{ status: 'REFUNDED', provider: 'none' }]);
      expect(await shop.stockOf(productId)).toBe(10);
      await expectInvariants(shop.databaseUrls);
    },
  );

  test.each(['sim_unheard_of', 'two words', ''])(
    'returns BAD_USER_INPUT for the payment method %j, and the order stays PENDING',
    async (method) => {
      const { customer, orderId } = await newOrder();
      const { code } = await shop.payOrder(customer, orderId, method);
      expect(code).toBe('BAD_USER_INPUT');
      expect(await shop.stepOf(orderId)).toBe('AWAITING_PAYMENT');
    },
  );

  test('returns OrderStateConflict for an order that is paid, cancelled or being paid', async () => {
    const { customer, orderId } = await newOrder();
    await shop.payOrder(customer, orderId, 'sim_processing');
    const inProgress = await shop.payOrder(customer, orderId, 'sim_success');
    expect(inProgress.result).toMatchObject({
      __typename: 'OrderStateConflict',
      order: { status: 'PENDING' },
    });

    await eventually(async () => expect(await shop.stepOf(orderId)).toBe('SETTLED'));
    const paid = await shop.payOrder(customer, orderId, 'sim_success');
    expect(paid.result).toMatchObject({ __typename: 'OrderStateConflict', code: 'order_state_conflict' });

    const other = await newOrder();
    await shop.cancelOrder(other.customer, other.orderId);
    const cancelled = await shop.payOrder(other.customer, other.orderId, 'sim_success');
    expect(cancelled.result).toMatchObject({
      __typename: 'OrderStateConflict',
      order: { status: 'CANCELLED' },
    });
  });

  test('returns TooManyPaymentAttempts after 10 attempts, charges nothing, and the key replays the result', async () => {
    const { customer, orderId } = await newOrder();
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      const { code } = await shop.payOrder(customer, orderId, 'sim_unheard_of');
      expect(code).toBe('BAD_USER_INPUT');
    }

    const refused = await shop.payOrder(customer, orderId, 'sim_success', 'eleventh');
    const repeated = await shop.payOrder(customer, orderId, 'sim_success', 'eleventh');

    const conflict = {
      __typename: 'TooManyPaymentAttempts',
      code: 'too_many_payment_attempts',
      message: expect.stringContaining('As many payments of this order were attempted as are allowed'),
      order: { status: 'PENDING' },
    };
    expect(refused).toMatchObject({ replayed: false, result: conflict });
    expect(repeated).toMatchObject({ replayed: true, result: conflict });
    const attempts = 'SELECT status FROM payments WHERE order_id = $1';
    expect(await shop.sql('payment', attempts, [orderId])).toEqual(Array(10).fill({ status: 'FAILED' }));
    const { result } = await shop.cancelOrder(customer, orderId);
    expect(result).toMatchObject({ order: { status: 'CANCELLED' } });
    await expectInvariants(shop.databaseUrls);
  });

  test("returns OrderNotFound for another user's order, also to an ADMIN", async () => {
    const { orderId } = await newOrder();
    for (const user of [newCustomer(), newAdmin()]) {
      const { result } = await shop.payOrder(user, orderId, 'sim_success');
      expect(result).toMatchObject({ __typename: 'OrderNotFound', code: 'order_not_found' });
    }
    const { result } = await shop.payOrder(newCustomer(), 'no-uuid', 'sim_success');
    expect(result).toMatchObject({ __typename: 'OrderNotFound' });
  });

  test('charges once when called 20 times concurrently without a key', async () => {
    const { customer, orderId } = await newOrder();

    const results = await Promise.all(
      Array.from({ length: 20 }, () => shop.payOrder(customer, orderId, 'sim_success')),
    );

    const kinds = results.map(({ result }) => result.__typename).sort();
    expect(kinds).toEqual([...Array<string>(19).fill('OrderStateConflict'), 'PayOrderSuccess']);
    await expectInvariants(shop.databaseUrls);
  });
});
