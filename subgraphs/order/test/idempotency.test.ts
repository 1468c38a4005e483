import { expectInvariants } from '../../../tests/invariants';
import { newCustomer, openShop, type Shop } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

const ordersOf = (userId: string) => shop.sql('order', 'SELECT id FROM orders WHERE user_id = $1', [userId]);

const comeAgain = new Set<unknown>(['IDEMPOTENCY_IN_PROGRESS', 'UPSTREAM_UNAVAILABLE']);

/**
 * Asks a hundred times at once. A busy machine may tell some to come again, the first perhaps among them: they do, with the same key, as
 * clients are told to.
 */
async function send100Times<Answer extends { code: unknown; replayed: boolean }>(
  ask: () => Promise<Answer>,
): Promise<{ answers: Answer[]; rejectedWithRetryAfter: number }> {
  let rejectedWithRetryAfter = 0;
  const untilAnswered = async () => {
    for (const givenUpAt = performance.now() + 40_000; ;) {
      const answer = await ask();
      if (!comeAgain.has(answer.code) || performance.now() > givenUpAt) return answer;
      rejectedWithRetryAfter += 1;
    }
  };
  const answers = await Promise.all(Array.from({ length: 100 }, untilAnswered));
  return { answers, rejectedWithRetryAfter };
}

/** Exactly one is the first; fewer only when that one was told to come again and is a repeat since. */
function expectOneFirst(answers: { replayed: boolean }[], rejectedWithRetryAfter: number): void {
  const firsts = answers.filter(({ replayed }) => !replayed).length;
  expect(firsts).toBeLessThanOrEqual(1);
  expect(firsts + rejectedWithRetryAfter).toBeGreaterThanOrEqual(1);
}

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

    const { answers, rejectedWithRetryAfter } = await send100Times(() =>
      shop.createOrder(customer, [{ productId, quantity: 1 }], 'key'),
    );

    expect(new Set(answers.map(({ result }) => JSON.stringify(result))).size).toBe(1);
    expect(answers[0]?.result.__typename).toBe('OrderPayload');
    expectOneFirst(answers, rejectedWithRetryAfter);
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

      const { answers, rejectedWithRetryAfter } = await send100Times(() =>
        shop.payOrder(customer, orderId, method, 'key'),
      );

      expect(new Set(answers.map(({ result }) => JSON.stringify(result))).size).toBe(1);
      expectOneFirst(answers, rejectedWithRetryAfter);
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

  test('repeats a state conflict too, even when the order can be paid since', async () => {
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

  test('that is none is BAD_USER_INPUT', async () => {
    const { customer, orderId } = await newOrder();
    const { code } = await shop.payOrder(customer, orderId, 'sim_success', 'ä');
    expect(code).toBe('BAD_USER_INPUT');
  });
});
