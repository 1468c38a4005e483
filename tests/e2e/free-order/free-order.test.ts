import { eventually } from '@shop/testkit/eventually';
import { expectInvariants } from '../../invariants';
import { unwrap, openShop, type Shop } from '../shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe.each(['REST', 'GraphQL'] as const)('an order with a total of 0, through %s', (api) => {
  test.each([undefined, 'sim_declined', 'sim_not_possible', 'no_such_method'])(
    'is confirmed without a provider for the payment method %s',
    async (method) => {
      const storefront = shop.storefronts[api];
      const [{ accessToken }, product] = await Promise.all([
        shop.newCustomer(),
        shop.newProduct({ stock: 3, priceCents: 0 }),
      ]);
      const order = unwrap(
        await storefront.placeOrder(accessToken, [{ productId: product.id, quantity: 2 }]),
      );

      const paid = unwrap(await storefront.payOrder(accessToken, order.id, method));

      expect(paid).toMatchObject({
        order: { status: 'CONFIRMED', totalCents: 0 },
        payment: { status: 'SUCCEEDED', amountCents: 0 },
      });
      await expectInvariants(shop.databaseUrls);

      unwrap(await storefront.cancelOrder(shop.adminToken, order.id));
      await eventually(async () =>
        expect(unwrap(await storefront.order(accessToken, order.id))).toMatchObject({
          status: 'CANCELLED',
          payments: [{ status: 'REFUNDED', amountCents: 0 }],
        }),
      );
      await eventually(async () => expect(unwrap(await storefront.product(product.id)).stock).toBe(3));
      await expectInvariants(shop.databaseUrls);
    },
  );
});
