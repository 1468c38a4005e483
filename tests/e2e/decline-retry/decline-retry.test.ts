import { eventually } from '@shop/testkit/eventually';
import { expectInvariants } from '../../invariants';
import { unwrap, openShop, type Shop } from '../shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ PAYMENT_DECLINE: 'retry', PAYMENT_MAX_ATTEMPTS_PER_ORDER: '3' });
});
afterAll(() => shop.close());

describe.each(['REST', 'GraphQL'] as const)('PAYMENT_DECLINE=retry through %s', (api) => {
  test('two declines and a success charge once, with the same stock held throughout', async () => {
    const storefront = shop.storefronts[api];
    const { accessToken, product, order } = await shop.newOrder(storefront, { stock: 4, quantity: 3 });
    const pay = (method: string, key: string) => storefront.payOrder(accessToken, order.id, method, key);

    const declined = await pay('sim_declined', `first-${order.id}`);
    const again = await pay('sim_insufficient_funds', `second-${order.id}`);
    const held = unwrap(await storefront.product(product.id)).stock;
    const payable = unwrap(await storefront.order(accessToken, order.id));
    const paid = unwrap(await pay('sim_success', `third-${order.id}`));
    const replay = await pay('sim_declined', `first-${order.id}`);

    for (const outcome of [declined, again]) {
      expect(outcome).toMatchObject({
        ok: false,
        code: 'payment_declined',
        problem: {
          order: expect.objectContaining({ status: 'PENDING' }),
          payment: expect.objectContaining({ status: 'FAILED' }),
        },
      });
    }
    expect([held, payable]).toMatchObject([1, { status: 'PENDING', expiresAt: order.expiresAt }]);
    expect(paid.order.status).toBe('CONFIRMED');
    expect(replay).toMatchObject({
      code: 'payment_declined',
      problem: { order: expect.objectContaining({ status: 'CONFIRMED' }) },
    });
    expect(
      unwrap(await storefront.order(accessToken, order.id)).payments.map(({ status }) => status),
    ).toEqual(['SUCCEEDED', 'FAILED', 'FAILED']);
    expect(unwrap(await storefront.product(product.id)).stock).toBe(1);
    await expectInvariants(shop.databaseUrls);
  });

  test('the last allowed decline cancels the order and releases its stock', async () => {
    const storefront = shop.storefronts[api];
    const { accessToken, product, order } = await shop.newOrder(storefront, { stock: 4, quantity: 3 });

    for (let attempt = 1; attempt <= 3; attempt += 1)
      expect(await storefront.payOrder(accessToken, order.id, 'sim_declined')).toMatchObject({
        code: 'payment_declined',
        problem: { order: expect.objectContaining({ status: attempt < 3 ? 'PENDING' : 'CANCELLED' }) },
      });

    expect(unwrap(await storefront.order(accessToken, order.id))).toMatchObject({
      status: 'CANCELLED',
      cancelReason: 'PAYMENT_FAILED',
    });
    await eventually(async () => expect(unwrap(await storefront.product(product.id)).stock).toBe(4));
    await expectInvariants(shop.databaseUrls);
  });
});

describe('PAYMENT_DECLINE=retry with a short ORDER_TTL_SECONDS', () => {
  let expiring: Shop;
  beforeAll(async () => {
    expiring = await openShop({ PAYMENT_DECLINE: 'retry', ORDER_TTL_SECONDS: '3' });
  });
  afterAll(() => expiring.close());

  test.each(['REST', 'GraphQL'] as const)(
    'an order that is not paid after a decline is cancelled as expired, through %s',
    async (api) => {
      const storefront = expiring.storefronts[api];
      const { accessToken, product, order } = await expiring.newOrder(storefront, { stock: 2, quantity: 2 });
      expect(await storefront.payOrder(accessToken, order.id, 'sim_declined')).toMatchObject({
        code: 'payment_declined',
      });

      await eventually(async () =>
        expect(unwrap(await storefront.order(accessToken, order.id))).toMatchObject({
          status: 'CANCELLED',
          cancelReason: 'EXPIRED',
        }),
      );
      await eventually(async () => expect(unwrap(await storefront.product(product.id)).stock).toBe(2));
      await expectInvariants(expiring.databaseUrls);
    },
  );
});
