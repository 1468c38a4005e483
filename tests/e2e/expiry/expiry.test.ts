import { eventually } from '@shop/testkit/eventually';
import { expectInvariants } from '../../invariants';
import { unwrap, openShop, type Shop } from '../shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ ORDER_TTL_SECONDS: '1' });
});
afterAll(() => shop.close());

describe.each(['REST', 'GraphQL'] as const)('an unpaid order, through %s', (api) => {
  test('is cancelled with reason EXPIRED, releases its stock, and can no longer be paid', async () => {
    const storefront = shop.storefronts[api];
    const { accessToken, product, order } = await shop.newOrder(storefront, { stock: 2, quantity: 2 });

    await eventually(async () => {
      expect(unwrap(await storefront.order(accessToken, order.id))).toMatchObject({
        status: 'CANCELLED',
        cancelReason: 'EXPIRED',
        expiresAt: null,
      });
    });

    await eventually(async () => expect(unwrap(await storefront.product(product.id)).stock).toBe(2));
    const late = await storefront.payOrder(accessToken, order.id, 'sim_success');
    expect(late).toMatchObject({ ok: false, code: 'order_state_conflict' });
    await expectInvariants(shop.databaseUrls);
  });

  test('does not expire while its payment is in progress', async () => {
    const storefront = shop.storefronts[api];
    const { accessToken, order } = await shop.newOrder(storefront, { stock: 1, quantity: 1 });

    unwrap(await storefront.payOrder(accessToken, order.id, 'sim_processing'));

    await eventually(async () => {
      expect(unwrap(await storefront.order(accessToken, order.id)).status).not.toBe('PENDING');
    });
    expect(unwrap(await storefront.order(accessToken, order.id)).status).toBe('CONFIRMED');
    await expectInvariants(shop.databaseUrls);
  });
});
