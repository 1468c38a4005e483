import { expectInvariants } from '../../invariants';
import { unwrap, openShop, type Shop } from '../shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe.each(['REST', 'GraphQL'] as const)('stock, through %s', (api) => {
  test('an order for more than is available returns each shortage and reserves nothing', async () => {
    const storefront = shop.storefronts[api];
    const { accessToken } = await shop.newCustomer();
    const plenty = await shop.newProduct({ stock: 10 });
    const scarce = await shop.newProduct({ stock: 1 });

    const outcome = await storefront.placeOrder(accessToken, [
      { productId: plenty.id, quantity: 2 },
      { productId: scarce.id, quantity: 3 },
    ]);

    expect(outcome).toMatchObject({
      ok: false,
      code: 'out_of_stock',
      problem: { shortages: [expect.objectContaining({ requested: 3, available: 1 })] },
    });
    expect(unwrap(await storefront.product(plenty.id)).stock).toBe(10);
    expect(unwrap(await storefront.orders(accessToken))).toEqual([]);
  });

  test('of 40 buyers of the last 10 units, exactly 10 get an order and 30 get OutOfStock', async () => {
    const storefront = shop.storefronts[api];
    const product = await shop.newProduct({ stock: 10 });
    const buyers = await shop.newCustomers(40);

    const outcomes = await Promise.all(
      buyers.map(({ accessToken }) =>
        storefront.placeOrder(accessToken, [{ productId: product.id, quantity: 1 }]),
      ),
    );

    const codes = outcomes.map((outcome) => (outcome.ok ? outcome.value.status : outcome.code));
    expect(codes.filter((code) => code === 'PENDING')).toHaveLength(10);
    expect(codes.filter((code) => code === 'out_of_stock')).toHaveLength(30);
    expect(unwrap(await storefront.product(product.id)).stock).toBe(0);
    await expectInvariants(shop.databaseUrls);
  });

  test('a product that does not exist cannot be ordered', async () => {
    const { accessToken } = await shop.newCustomer();
    const unknownId = '01890000-0000-7000-8000-000000000000';

    const outcome = await shop.storefronts[api].placeOrder(accessToken, [
      { productId: unknownId, quantity: 1 },
    ]);

    expect(outcome).toMatchObject({ ok: false, code: 'product_not_found' });
  });
});
