import { eventually } from '@shop/testkit/eventually';
import { inTrace, newAdmin, newCustomer, openShop, type Shop } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

/** An unpaid order with this many timeline entries, as written before the limit existed. */
async function orderWithEntries(count: number) {
  const customer = newCustomer();
  const productId = await shop.newProduct({ stock: 10 });
  const { id } = await shop.newOrder(customer, [{ productId, quantity: 1 }]);
  await shop.sql(
    'order',
    `INSERT INTO order_events (order_id, at, status, message)
     SELECT $1, now(), 'PENDING', 'entry ' || number FROM generate_series(2, $2::int) AS number`,
    [id, count],
  );
  return { customer, id };
}

const storedEntries = async (id: string) => {
  const [row] = await shop.sql<{ count: number }>(
    'order',
    'SELECT count(*)::int AS count FROM order_events WHERE order_id = $1',
    [id],
  );
  return row?.count;
};

describe('The timeline of an order', () => {
  test("returns the first entry and the newest 49, also in an ADMIN's list", async () => {
    const { customer, id } = await orderWithEntries(70);

    const order = await shop.order(customer, id);
    const { data } = await shop.orders(newAdmin(), { userId: customer.userId });

    const messages = order?.timeline.map(({ message }) => message);
    expect(messages).toHaveLength(50);
    expect(messages?.[0]).toMatch(/^Order placed/);
    expect([messages?.[1], messages?.at(-1)]).toEqual(['entry 22', 'entry 70']);
    expect(data.orders.nodes[0].timeline).toEqual(order?.timeline);
  });

  test('stores at most 50 entries after the next write: the first and the newest', async () => {
    const { customer, id } = await orderWithEntries(70);

    const { result } = await shop.cancelOrder(customer, id);

    const messages = result.order?.timeline.map(({ message }) => message);
    expect(await storedEntries(id)).toBe(50);
    expect(messages).toHaveLength(50);
    expect(messages?.[0]).toMatch(/^Order placed/);
    expect([messages?.[1], messages?.at(-1)]).toEqual(['entry 23', 'Cancelled by the customer.']);
  });

  test('names the trace of the request that wrote each entry, to an ADMIN only', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct();
    const order = await shop.newOrder(inTrace('a', customer), [{ productId, quantity: 1 }]);
    await shop.cancelOrder(inTrace('b', customer), order.id);

    // The response to createOrder is not read from the database.
    const admin = inTrace('c', newAdmin());
    const { data } = await shop.execute(
      `mutation ($input: CreateOrderInput!) {
         createOrder(input: $input) { ... on OrderPayload { order { timeline { traceId } } } } }`,
      { input: { items: [{ productId, quantity: 1 }] } },
      admin,
    );
    expect(data.createOrder.order.timeline).toEqual([{ traceId: 'c'.repeat(32) }]);
    expect(await shop.timelineTraces(newAdmin(), order.id)).toEqual(['a'.repeat(32), 'b'.repeat(32)]);
    expect(await shop.timelineTraces(customer, order.id)).toEqual([null, null]);
  });

  test.each([
    ['expires', "expires_at = now() - interval '1 second'", 'CANCELLED'],
    ['is paid', "step = 'PAYING', attempt = 1, payment_method = 'sim_success'", 'CONFIRMED'],
  ])('names the last request of an order that %s without a request', async (_case, change, status) => {
    const customer = newCustomer();
    const productId = await shop.newProduct();
    const { id } = await shop.newOrder(inTrace('a', customer), [{ productId, quantity: 1 }]);

    await shop.sql('order', `UPDATE orders SET ${change}, due_at = now() WHERE id = $1`, [id]);
    await eventually(async () => expect(await shop.order(customer, id)).toMatchObject({ status }));

    expect(new Set(await shop.timelineTraces(newAdmin(), id))).toEqual(new Set(['a'.repeat(32)]));
    expect(new Set(await shop.timelineTraces(customer, id))).toEqual(new Set([null]));
  });

  test('names the request of a payment whose result is known later', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct();
    const { id } = await shop.newOrder(inTrace('a', customer), [{ productId, quantity: 1 }]);
    const { result } = await shop.payOrder(inTrace('b', customer), id, 'sim_processing');
    expect(result.__typename).toBe('PaymentPending');
    await eventually(async () =>
      expect(await shop.order(customer, id)).toMatchObject({ status: 'CONFIRMED' }),
    );

    const [placed, ...others] = await shop.timelineTraces(newAdmin(), id);
    expect(placed).toBe('a'.repeat(32));
    expect(new Set(others)).toEqual(new Set(['b'.repeat(32)]));
  });

  test('keeps every entry of an order with 10 payment attempts', async () => {
    const { customer, id } = await orderWithEntries(1);
    for (let attempt = 1; attempt <= 10; attempt += 1) await shop.payOrder(customer, id, 'sim_unheard_of');

    const { result } = await shop.cancelOrder(customer, id);

    expect(result.order?.timeline).toHaveLength(1 + 2 * 10 + 1);
  });
});
