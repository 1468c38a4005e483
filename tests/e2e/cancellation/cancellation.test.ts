import { eventually } from '@shop/testkit/eventually';
import { expectInvariants } from '../../invariants';
import { unwrap, openShop, type Shop } from '../shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe.each(['REST', 'GraphQL'] as const)('cancelOrder through %s', (api) => {
  test('releases the stock and records who cancelled', async () => {
    const storefront = shop.storefronts[api];
    const { accessToken, product, order } = await shop.newOrder(storefront, { stock: 3, quantity: 3 });

    const cancelled = unwrap(await storefront.cancelOrder(accessToken, order.id));

    expect(cancelled).toMatchObject({ status: 'CANCELLED', cancelReason: 'CUSTOMER' });
    expect(unwrap(await storefront.product(product.id)).stock).toBe(3);
    await expectInvariants(shop.databaseUrls);
  });

  test('is rejected for a cancelled order', async () => {
    const storefront = shop.storefronts[api];
    const { accessToken, product, order } = await shop.newOrder(storefront, { stock: 3, quantity: 3 });
    unwrap(await storefront.cancelOrder(accessToken, order.id));

    const again = await storefront.cancelOrder(accessToken, order.id);

    expect(again).toMatchObject({ ok: false, code: 'order_state_conflict' });
    expect(unwrap(await storefront.product(product.id)).stock).toBe(3);
  });

  test('is rejected for the customer of a paid order', async () => {
    const storefront = shop.storefronts[api];
    const { accessToken, order } = await shop.newOrder(storefront, { stock: 1, quantity: 1 });
    unwrap(await storefront.payOrder(accessToken, order.id, 'sim_success'));

    const outcome = await storefront.cancelOrder(accessToken, order.id);

    expect(outcome).toMatchObject({ ok: false, code: 'order_state_conflict' });
  });

  test('by an admin refunds a paid order and restores its stock', async () => {
    const storefront = shop.storefronts[api];
    const { accessToken, product, order } = await shop.newOrder(storefront, { stock: 2, quantity: 2 });
    unwrap(await storefront.payOrder(accessToken, order.id, 'sim_success'));

    const cancelled = unwrap(await storefront.cancelOrder(shop.adminToken, order.id));

    expect(cancelled).toMatchObject({ status: 'CANCELLED', cancelReason: 'ADMIN' });
    expect(unwrap(await storefront.product(product.id)).stock).toBe(2);
    await eventually(async () =>
      expect(unwrap(await storefront.order(accessToken, order.id)).payments).toEqual([
        { status: 'REFUNDED', amountCents: order.totalCents },
      ]),
    );
    await expectInvariants(shop.databaseUrls);
  });

  test('by an admin releases the stock before the provider has confirmed the refund', async () => {
    const storefront = shop.storefronts[api];
    const { accessToken, product, order } = await shop.newOrder(storefront, { stock: 2, quantity: 2 });
    unwrap(await storefront.payOrder(accessToken, order.id, 'sim_refund_pending'));

    unwrap(await storefront.cancelOrder(shop.adminToken, order.id));

    expect(unwrap(await storefront.product(product.id)).stock).toBe(2);
    const paymentsOf = async () => unwrap(await storefront.order(accessToken, order.id)).payments;
    const amountCents = order.totalCents;
    await eventually(async () => expect(await paymentsOf()).toEqual([{ status: 'REFUNDED', amountCents }]), {
      timeoutMs: 20_000,
    });
    await expectInvariants(shop.databaseUrls);
  });
});
