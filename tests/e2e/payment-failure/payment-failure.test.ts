import { eventually } from '@shop/testkit/eventually';
import { expectInvariants } from '../../invariants';
import { unwrap, openShop, type Shop } from '../shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe.each(['REST', 'GraphQL'] as const)(
  'a payment that does not succeed immediately, through %s',
  (api) => {
    test.each([
      ['sim_declined', 'card_declined'],
      ['sim_insufficient_funds', 'insufficient_funds'],
    ])('%s cancels the order and releases its stock before the response', async (method) => {
      const storefront = shop.storefronts[api];
      const { accessToken, product, order } = await shop.newOrder(storefront, { stock: 4, quantity: 3 });

      const outcome = await storefront.payOrder(accessToken, order.id, method);

      expect(outcome).toMatchObject({
        ok: false,
        code: 'payment_declined',
        problem: {
          order: expect.objectContaining({ status: 'CANCELLED' }),
          payment: expect.objectContaining({ status: 'FAILED' }),
        },
      });
      expect(unwrap(await storefront.product(product.id)).stock).toBe(4);
      expect(unwrap(await storefront.order(accessToken, order.id))).toMatchObject({
        status: 'CANCELLED',
        cancelReason: 'PAYMENT_FAILED',
        payments: [{ status: 'FAILED' }],
      });
      await expectInvariants(shop.databaseUrls);
    });

    test.each(['sim_processing', 'sim_timeout'])(
      '%s leaves the order PENDING, then confirms it without another request',
      async (method) => {
        const storefront = shop.storefronts[api];
        const { accessToken, order } = await shop.newOrder(storefront, { stock: 4, quantity: 1 });

        const response = unwrap(await storefront.payOrder(accessToken, order.id, method));

        expect(response.order.status).toBe('PENDING');
        await eventually(async () => {
          expect(unwrap(await storefront.order(accessToken, order.id))).toMatchObject({
            status: 'CONFIRMED',
            payments: [{ status: 'SUCCEEDED' }],
          });
        });
        await expectInvariants(shop.databaseUrls);
      },
    );

    test('sim_unavailable charges nothing: the order stays PENDING and can be paid again', async () => {
      const storefront = shop.storefronts[api];
      const { accessToken, order } = await shop.newOrder(storefront, { stock: 1, quantity: 1 });

      const failed = await storefront.payOrder(accessToken, order.id, 'sim_unavailable');
      const paid = unwrap(await storefront.payOrder(accessToken, order.id, 'sim_success'));

      expect(failed).toMatchObject({ ok: false, code: 'upstream_unavailable' });
      expect(paid.order.status).toBe('CONFIRMED');
    });

    test('sim_not_possible returns payment_not_possible for each repeat: the order stays PENDING and can be cancelled', async () => {
      const storefront = shop.storefronts[api];
      const { accessToken, product, order } = await shop.newOrder(storefront, { stock: 4, quantity: 3 });
      const pay = () => storefront.payOrder(accessToken, order.id, 'sim_not_possible', `pay-${order.id}`);

      const [first, repeated] = [await pay(), await pay()];

      for (const outcome of [first, repeated])
        expect(outcome).toMatchObject({
          ok: false,
          code: 'payment_not_possible',
          problem: {
            order: expect.objectContaining({ status: 'PENDING' }),
            payment: expect.objectContaining({ status: 'FAILED' }),
          },
        });
      expect(unwrap(await storefront.order(accessToken, order.id)).payments).toEqual([
        { status: 'FAILED', amountCents: order.totalCents },
      ]);
      expect(unwrap(await storefront.cancelOrder(accessToken, order.id)).status).toBe('CANCELLED');
      await eventually(async () => expect(unwrap(await storefront.product(product.id)).stock).toBe(4));
      await expectInvariants(shop.databaseUrls);
    });

    test('an order cannot be paid twice', async () => {
      const storefront = shop.storefronts[api];
      const { accessToken, order } = await shop.newOrder(storefront, { stock: 1, quantity: 1 });
      unwrap(await storefront.payOrder(accessToken, order.id, 'sim_success'));

      const again = await storefront.payOrder(accessToken, order.id, 'sim_success');

      expect(again).toMatchObject({ ok: false, code: 'order_state_conflict' });
      expect(unwrap(await storefront.order(accessToken, order.id)).payments).toHaveLength(1);
    });
  },
);
