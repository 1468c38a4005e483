import { randomUUID } from 'node:crypto';
import { withClient } from '@shop/local-stack/postgres';
import { eventually } from '@shop/testkit/eventually';
import { startOrderProcess } from './support/order-process';
import {
  type TestUser,
  newAdmin,
  newCustomer,
  openShop,
  type Shop,
  shopAt,
  throughProxies,
} from './support/shop';
import { repositoryStatements } from '@shop/testkit/repository-statements';

// Issue 10, A3: one account could hold 5,994 units for 15 minutes without paying, repeatedly.

let shop: Shop;
beforeAll(async () => {
  shop = await openShop(throughProxies);
});
afterAll(() => shop.close());

const maximumOrders = 10;
const maximumUnits = 100;

const openOrdersOf = ({ userId }: TestUser) =>
  shop.sql<{ id: string }>(
    'order',
    `SELECT id FROM orders WHERE user_id = $1 AND (status = 'PENDING' OR status IS NULL)`,
    [userId],
  );

async function newOrders(customer: TestUser, count: number, productId?: string): Promise<string[]> {
  const of = productId ?? (await shop.newProduct({ stock: 1_000 }));
  const ids: string[] = [];
  while (ids.length < count) ids.push((await shop.newOrder(customer, [{ productId: of, quantity: 1 }])).id);
  return ids;
}

async function kindsOf(requests: Promise<{ result: { __typename: string } }>[]): Promise<string[]> {
  return (await Promise.all(requests)).map(({ result }) => result.__typename).sort();
}

describe('createOrder', () => {
  it('never gives a customer more than 10 open orders, with 20 concurrent requests to two processes', async () => {
    const second = await startOrderProcess({
      ...shop.neighbours.orderEnvironment,
      ...throughProxies(shop.neighbours),
    });
    try {
      const doors = [shop, shopAt(second.url, shop.neighbours)];
      const customer = newCustomer();
      const productId = await shop.newProduct({ stock: 1_000 });

      const kinds = await kindsOf(
        Array.from({ length: 20 }, (_, index) =>
          doors[index % 2]!.createOrder(customer, [{ productId, quantity: 1 }]),
        ),
      );

      expect(kinds.filter((kind) => kind === 'OrderPayload')).toHaveLength(maximumOrders);
      expect(kinds.filter((kind) => kind === 'TooManyOpenOrders')).toHaveLength(20 - maximumOrders);
      expect(await openOrdersOf(customer)).toHaveLength(maximumOrders);
      expect(await shop.stockOf(productId)).toBe(1_000 - maximumOrders);
    } finally {
      await second.kill();
    }
  });

  it('waits for a draft that another process is opening for the same customer, and counts it', async () => {
    const customer = newCustomer();
    await newOrders(customer, maximumOrders - 1);
    const productId = await shop.newProduct({ stock: 1 });
    const lines = [{ productId, quantity: 1 }];
    await withClient(shop.neighbours.databaseUrls.order, async (client) => {
      await client.query('BEGIN');
      await client.query(`SELECT open_draft($1, $2, $3, NULL, '\\x00', $4, $5, 60, 5000, NULL)`, [
        ...[randomUUID(), customer.userId, JSON.stringify(lines), maximumOrders, maximumUnits],
      ]);
      const request = shop.createOrder(customer, lines);
      await eventually(async () => {
        const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity
                          WHERE datname = current_database() AND wait_event = 'advisory'`;
        expect((await client.query<{ count: number }>(waiting)).rows).toEqual([{ count: 1 }]);
      });
      await client.query('COMMIT');
      expect((await request).result.__typename).toBe('TooManyOpenOrders');
    });
    expect(await openOrdersOf(customer)).toHaveLength(maximumOrders);
  });

  it('never lets a customer hold more than 100 units of a product, with 8 concurrent requests', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 1_000 });

    const kinds = await kindsOf(
      Array.from({ length: 8 }, () => shop.createOrder(customer, [{ productId, quantity: 30 }])),
    );

    expect(kinds.filter((kind) => kind === 'OrderPayload')).toHaveLength(3);
    expect(await shop.stockOf(productId)).toBe(1_000 - 90);
  });

  it('names the limit on open orders, its value and the current number, and places no order', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 1_000 });
    await newOrders(customer, maximumOrders, productId);

    const { result } = await shop.createOrder(customer, [{ productId, quantity: 1 }]);

    expect(result).toMatchObject({
      ...{ __typename: 'TooManyOpenOrders', code: 'too_many_open_orders' },
      ...{ limit: maximumOrders, current: maximumOrders, product: null },
      message: expect.stringContaining('at most 10 unpaid orders. You have 10.'),
    });
    expect(await shop.stockOf(productId)).toBe(1_000 - maximumOrders);
  });

  it('names the product, the limit on its units and the held units', async () => {
    const customer = newCustomer();
    const [productId, other] = [
      await shop.newProduct({ stock: 1_000 }),
      await shop.newProduct({ stock: 1_000 }),
    ];
    await shop.newOrder(customer, [{ productId, quantity: maximumUnits - 1 }]);

    const { result } = await shop.createOrder(customer, [
      { productId: other, quantity: maximumUnits },
      { productId, quantity: 2 },
    ]);

    expect(result).toMatchObject({
      ...{ __typename: 'TooManyOpenOrders', code: 'too_many_open_orders' },
      ...{ limit: maximumUnits, current: maximumUnits - 1, product: { id: productId } },
      message: expect.stringContaining(`at most 100 units of a product in unpaid orders. You hold 99`),
    });
    expect(await shop.stockOf(other)).toBe(1_000);
  });

  it('counts drafts whose stock is being reserved', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 1_000 });
    shop.neighbours.proxies.product.swallow('ReserveStock', 'hold');
    const waiting = [40, 40].map((quantity) => shop.createOrder(customer, [{ productId, quantity }]));
    await eventually(async () => expect(await openOrdersOf(customer)).toHaveLength(2));

    const { result } = await shop.createOrder(customer, [{ productId, quantity: 21 }]);
    shop.neighbours.proxies.product.heal();

    expect(result).toMatchObject({ __typename: 'TooManyOpenOrders', current: 80 });
    expect(await kindsOf(waiting)).toEqual(['OrderPayload', 'OrderPayload']);
  });

  it.each([
    ['cancelled', (customer: TestUser, id: string) => shop.cancelOrder(customer, id)],
    ['paid', (customer: TestUser, id: string) => shop.payOrder(customer, id, 'sim_success')],
    ['declined', (customer: TestUser, id: string) => shop.payOrder(customer, id, 'sim_declined')],
    [
      'overdue, before the poller has cancelled it',
      (_customer: TestUser, id: string) =>
        shop.sql('order', `UPDATE orders SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]),
    ],
  ])('does not count an order that is %s', async (_state, end) => {
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 1_000 });
    const [first] = await newOrders(customer, maximumOrders - 1, productId);
    const { id } = await shop.newOrder(customer, [{ productId, quantity: maximumUnits - maximumOrders + 1 }]);
    const line = { productId, quantity: 1 };
    const before = await shop.createOrder(customer, [line]);

    await end(customer, first!);
    const after = await shop.createOrder(customer, [line]);
    const beyond = await shop.createOrder(customer, [line]);
    await end(customer, id);

    expect([before, after, beyond].map(({ result }) => result.__typename)).toEqual([
      'TooManyOpenOrders',
      'OrderPayload',
      'TooManyOpenOrders',
    ]);
    const units = maximumUnits - maximumOrders;
    expect(await kindsOf([shop.createOrder(customer, [{ productId, quantity: units }])])).toEqual([
      'OrderPayload',
    ]);
  });

  it('replays an accepted order after the limit is reached', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 1_000 });
    const items = [{ productId, quantity: maximumUnits }];
    const first = await shop.createOrder(customer, items, 'key');

    const repeated = await shop.createOrder(customer, items, 'key');

    expect(first.result.__typename).toBe('OrderPayload');
    expect(repeated).toEqual({ ...first, replayed: true });
  });

  it('does not store the rejection: the same key succeeds once the limits allow the order', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 1_000 });
    const [first] = await newOrders(customer, maximumOrders, productId);
    const placeOrder = () => shop.createOrder(customer, [{ productId, quantity: 1 }], 'key');

    const refused = await placeOrder();
    await shop.cancelOrder(customer, first!);
    const accepted = await placeOrder();

    expect(refused).toMatchObject({ replayed: false, result: { __typename: 'TooManyOpenOrders' } });
    expect(accepted).toMatchObject({ replayed: false, result: { __typename: 'OrderPayload' } });
  });

  it('has no limits for an ADMIN', async () => {
    const admin = newAdmin();
    const productId = await shop.newProduct({ stock: 1_000 });
    await newOrders(admin, maximumOrders, productId);
    expect(await kindsOf([shop.createOrder(admin, [{ productId, quantity: 2 * maximumUnits }])])).toEqual([
      'OrderPayload',
    ]);
  });

  it('checks both limits in the statement that opens the draft', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct();
    const statements = await repositoryStatements(() =>
      shop.createOrder(customer, [{ productId, quantity: 1 }]),
    );
    expect(statements[0]).toBe('OrderRepository.openDraft');
  });
});
