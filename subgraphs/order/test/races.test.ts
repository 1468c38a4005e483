import { expectInvariants } from '../../../tests/invariants';
import { startOrderProcess } from './support/order-process';
import { newCustomer, openShop, type Shop, shopAt } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

test('of 40 concurrent buyers of the last 10 units, 10 place an order and 30 get OutOfStock', async () => {
  const productId = await shop.newProduct({ stock: 10 });

  const results = await Promise.all(
    Array.from({ length: 40 }, () => shop.createOrder(newCustomer(), [{ productId, quantity: 1 }])),
  );

  const kinds = results.map(({ result }) => result.__typename);
  expect(kinds.filter((kind) => kind === 'OrderPayload')).toHaveLength(10);
  expect(kinds.filter((kind) => kind === 'OutOfStock')).toHaveLength(30);
  expect(await shop.stockOf(productId)).toBe(0);
  await expectInvariants(shop.databaseUrls);
});

test('orders for the same products in opposite order do not deadlock', async () => {
  const [a, b] = [await shop.newProduct({ stock: 100 }), await shop.newProduct({ stock: 100 })];
  const lines = [a, b].map((productId) => ({ productId, quantity: 1 }));

  const results = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      shop.createOrder(newCustomer(), index % 2 ? lines : lines.toReversed()),
    ),
  );

  expect(new Set(results.map(({ result }) => result.__typename))).toEqual(new Set(['OrderPayload']));
  expect([await shop.stockOf(a), await shop.stockOf(b)]).toEqual([60, 60]);
});

test('two order processes on one database place one order for one key, and charge once', async () => {
  const second = await startOrderProcess(shop.neighbours.orderEnvironment);
  try {
    const doors = [shop, shopAt(second.url, shop.neighbours)];
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 50 });
    const many = <MutationResult>(work: (door: (typeof doors)[number]) => Promise<MutationResult>) =>
      Promise.all(Array.from({ length: 30 }, (_, index) => work(doors[index % 2]!)));

    const created = await many((door) => door.createOrder(customer, [{ productId, quantity: 1 }], 'create'));
    const ids = new Set(created.map(({ result }) => result.order?.id));
    expect(ids.size).toBe(1);
    const [orderId] = ids as Set<string>;
    const paid = await many((door) => door.payOrder(customer, orderId!, 'sim_success', 'pay'));

    expect(new Set(paid.map(({ result }) => result.__typename))).toEqual(new Set(['PayOrderSuccess']));
    expect(await shop.stockOf(productId)).toBe(49);
    await expectInvariants(shop.databaseUrls);
  } finally {
    await second.kill();
  }
});
