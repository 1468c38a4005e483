import { unwrap, openShop, type Shop } from '../shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe.each(['REST', 'GraphQL'] as const)('an order of another customer, through %s', (api) => {
  test('cannot be read, paid, cancelled or listed', async () => {
    const storefront = shop.storefronts[api];
    const { order } = await shop.newOrder(storefront, { stock: 1, quantity: 1 });
    const { accessToken: stranger } = await shop.newCustomer();

    const outcomes = await Promise.all([
      storefront.order(stranger, order.id),
      storefront.payOrder(stranger, order.id, 'sim_success'),
      storefront.cancelOrder(stranger, order.id),
    ]);

    for (const outcome of outcomes) expect(outcome).toMatchObject({ ok: false, code: 'order_not_found' });
    expect(unwrap(await storefront.orders(stranger))).toEqual([]);
  });

  test('returns the same response as an order that does not exist', async () => {
    const storefront = shop.storefronts[api];
    const { order } = await shop.newOrder(storefront, { stock: 1, quantity: 1 });
    const { accessToken: stranger } = await shop.newCustomer();
    const unknownId = '01890000-0000-7000-8000-000000000000';
    const response = async (id: string) => {
      const outcome = await storefront.cancelOrder(stranger, id);
      return outcome.ok
        ? outcome
        : { code: outcome.code, detail: outcome.problem['detail'], message: outcome.problem['message'] };
    };

    expect(await response(order.id)).toEqual(await response(unknownId));
  });

  test('is visible to an admin, who cannot pay it', async () => {
    const storefront = shop.storefronts[api];
    const { order } = await shop.newOrder(storefront, { stock: 1, quantity: 1 });

    expect(unwrap(await storefront.order(shop.adminToken, order.id)).id).toBe(order.id);
    expect(await storefront.payOrder(shop.adminToken, order.id, 'sim_success')).toMatchObject({
      ok: false,
      code: 'order_not_found',
    });
  });
});
