import { unwrap, uniqueEmail, type ShopClient } from '../shop';

const password = 'Purchase-5f0c';

/** The tests of a purchase, for a shop on this machine and for one in containers. */
export function testPurchases(shop: () => ShopClient): void {
  describe.each(['REST', 'GraphQL'] as const)('a purchase through %s', (api) => {
    test('confirms an order of a new customer and sells its stock', async () => {
      const storefront = shop().storefronts[api];
      const credentials = { email: uniqueEmail(), password };
      const product = await shop().newProduct({ stock: 5, priceCents: 1_999 });

      unwrap(await storefront.register(credentials));
      const { accessToken } = unwrap(await storefront.login(credentials));
      const found = unwrap(await storefront.listProducts({ search: product.name }));
      const placed = unwrap(
        await storefront.placeOrder(accessToken, [{ productId: product.id, quantity: 2 }]),
      );
      const paid = unwrap(await storefront.payOrder(accessToken, placed.id, 'sim_success'));
      const read = unwrap(await storefront.order(accessToken, placed.id));

      expect(found).toContainEqual(product);
      expect(placed).toMatchObject({ status: 'PENDING', totalCents: 3_998, currency: 'EUR', payments: [] });
      expect(placed.items).toEqual([
        { productId: product.id, sku: product.sku, quantity: 2, priceCents: 1_999 },
      ]);
      expect(paid.payment).toMatchObject({ status: 'SUCCEEDED', amountCents: 3_998 });
      expect(read).toMatchObject({ status: 'CONFIRMED', expiresAt: null, cancelReason: null });
      expect(read.payments).toEqual([{ status: 'SUCCEEDED', amountCents: 3_998 }]);
      expect(unwrap(await storefront.product(product.id)).stock).toBe(3);
      expect(unwrap(await storefront.orders(accessToken)).map((order) => order.id)).toEqual([placed.id]);
    });

    test('keeps the price at which the order was placed', async () => {
      const storefront = shop().storefronts[api];
      const { accessToken } = await shop().newCustomer();
      const product = await shop().newProduct({ stock: 1, priceCents: 500 });
      const placed = unwrap(
        await storefront.placeOrder(accessToken, [{ productId: product.id, quantity: 1 }]),
      );

      await shop().changePrice(product.id, 900);

      const paid = unwrap(await storefront.payOrder(accessToken, placed.id, 'sim_success'));
      expect(paid.payment.amountCents).toBe(500);
      expect(unwrap(await storefront.order(accessToken, placed.id)).items[0]?.priceCents).toBe(500);
    });

    test('requires authentication', async () => {
      const product = await shop().newProduct({ stock: 1 });

      const outcome = await shop().storefronts[api].placeOrder(undefined, [
        { productId: product.id, quantity: 1 },
      ]);

      expect(outcome).toMatchObject({ ok: false, code: 'unauthenticated' });
    });
  });
}
