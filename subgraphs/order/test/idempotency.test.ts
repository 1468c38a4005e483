import { expectInvariants } from '../../../tests/invariants';
import { newCustomer, openShop, type Shop } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

const ordersOf = (userId: string) => shop.sql('order', 'SELECT id FROM orders WHERE user_id = $1', [userId]);

const retryable = new Set<unknown>(['IDEMPOTENCY_IN_PROGRESS', 'UPSTREAM_UNAVAILABLE']);

/**
 * Sends 100 concurrent requests. On a busy machine some, possibly the first, get an error that says
 * to repeat the request: they are repeated with the same key.
 */
async function request100Times<Response extends { code: unknown; replayed: boolean }>(
  send: () => Promise<Response>,
): Promise<{ responses: Response[]; retries: number }> {
  let retries = 0;
  const withRetries = async () => {
    for (const givenUpAt = performance.now() + 40_000; ;) {
      const response = await send();
      if (!retryable.has(response.code) || performance.now() > givenUpAt) return response;
      retries += 1;
    }
  };
  const responses = await Promise.all(Array.from({ length: 100 }, withRetries));
  return { responses, retries };
}

/** Exactly one response is not replayed; none if that one failed and was repeated. */
function expectOneFirst(responses: { replayed: boolean }[], retries: number): void {
  const firsts = responses.filter(({ replayed }) => !replayed).length;
  expect(firsts).toBeLessThanOrEqual(1);
  expect(firsts + retries).toBeGreaterThanOrEqual(1);
}

describe('createOrder with an idempotency key', () => {
  test('replays the order, and reports that it is a replay', async () => {
    const customer = newCustomer();
    const items = [{ productId: await shop.newProduct(), quantity: 1 }];

    const first = await shop.createOrder(customer, items, 'key');
    const repeated = await shop.createOrder(customer, items, 'key');

    expect(first.result.__typename).toBe('OrderPayload');
    expect(repeated.result).toEqual(first.result);
    expect([first.replayed, repeated.replayed]).toEqual([false, true]);
    expect(await ordersOf(customer.userId)).toHaveLength(1);
  });

  test('places one order for 100 concurrent requests, with 100 equal responses', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 200 });

    const { responses, retries } = await request100Times(() =>
      shop.createOrder(customer, [{ productId, quantity: 1 }], 'key'),
    );

    expect(new Set(responses.map(({ result }) => JSON.stringify(result))).size).toBe(1);
    expect(responses[0]?.result.__typename).toBe('OrderPayload');
    expectOneFirst(responses, retries);
    expect(await ordersOf(customer.userId)).toHaveLength(1);
    expect(await shop.stockOf(productId)).toBe(199);
  });

  test('replays OutOfStock even if there is stock by then', async () => {
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

  test('returns IdempotencyConflict if it was used for another request; another user may use the same key', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct();
    await shop.createOrder(customer, [{ productId, quantity: 1 }], 'key');

    const other = await shop.createOrder(customer, [{ productId, quantity: 2 }], 'key');
    const otherUser = await shop.createOrder(newCustomer(), [{ productId, quantity: 2 }], 'key');

    expect(other.result).toMatchObject({ __typename: 'IdempotencyConflict', code: 'idempotency_conflict' });
    expect(otherUser.result.__typename).toBe('OrderPayload');
  });

  test.each(['', 'x'.repeat(129), 'ä'])('returns InvalidInput if it is invalid: %j', async (key) => {
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
    'makes one attempt for 100 concurrent requests with %s, with 100 equal responses',
    async (method) => {
      const { customer, orderId } = await newOrder();

      const { responses, retries } = await request100Times(() =>
        shop.payOrder(customer, orderId, method, 'key'),
      );

      expect(new Set(responses.map(({ result }) => JSON.stringify(result))).size).toBe(1);
      expectOneFirst(responses, retries);
      expect(await shop.sql('payment', 'SELECT FROM payments WHERE order_id = $1', [orderId])).toHaveLength(
        1,
      );
      await expectInvariants(shop.databaseUrls);
    },
  );

  test('returns IdempotencyConflict if it was used for another order or operation', async () => {
    const { customer, orderId } = await newOrder();
    await shop.createOrder(customer, [{ productId: await shop.newProduct(), quantity: 1 }], 'create');
    const { result } = await shop.payOrder(customer, orderId, 'sim_success', 'create');
    expect(result).toMatchObject({ __typename: 'IdempotencyConflict' });
    expect(await shop.stepOf(orderId)).toBe('AWAITING_PAYMENT');
  });

  test('replays OrderStateConflict even if the order can be paid by then', async () => {
    const { customer, orderId } = await newOrder();
    const setStep = (step: string, attempt: number) =>
      shop.sql('order', 'UPDATE orders SET step = $2, attempt = $3 WHERE id = $1', [orderId, step, attempt]);
    await setStep('PAYING', 1);
    const first = await shop.payOrder(customer, orderId, 'sim_success', 'key');
    await setStep('AWAITING_PAYMENT', 1);

    const repeated = await shop.payOrder(customer, orderId, 'sim_success', 'key');
    const withAnotherKey = await shop.payOrder(customer, orderId, 'sim_success', 'other');

    expect([first, repeated]).toMatchObject([
      { replayed: false, result: { __typename: 'OrderStateConflict', code: 'order_state_conflict' } },
      { replayed: true, result: { __typename: 'OrderStateConflict', code: 'order_state_conflict' } },
    ]);
    expect(withAnotherKey.result.__typename).toBe('PayOrderSuccess');
  });

  test('returns BAD_USER_INPUT if it is invalid', async () => {
    const { customer, orderId } = await newOrder();
    const { code } = await shop.payOrder(customer, orderId, 'sim_success', 'ä');
    expect(code).toBe('BAD_USER_INPUT');
  });
});
