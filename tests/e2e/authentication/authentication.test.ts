import { randomUUID } from 'node:crypto';
import { eventually } from '@shop/testkit/eventually';
import { rest } from '@shop/testkit/http';
import { expectInvariants } from '../../invariants';
import { unwrap, openShop, type Shop } from '../shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({}, { PAYMENT_ACTION_SECONDS: '8' });
});
afterAll(() => shop.close());

describe.each(['REST', 'GraphQL'] as const)(
  'a payment that the customer must authenticate, through %s',
  (api) => {
    async function startPayment() {
      const storefront = shop.storefronts[api];
      const { accessToken, product, order } = await shop.newOrder(storefront, { stock: 4, quantity: 3 });
      const key = randomUUID();
      const pay = async () =>
        unwrap(await storefront.payOrder(accessToken, order.id, 'sim_requires_action', key));
      const { order: waiting, payment } = await pay();
      expect(waiting.status).toBe('PENDING');
      expect(payment).toMatchObject({
        status: 'REQUIRES_ACTION',
        nextAction: { type: 'simulated_authentication', redirectUrl: null },
      });
      return { storefront, accessToken, product, order, pay, clientSecret: payment.nextAction!.clientSecret };
    }

    const stockOf = async (productId: string) => unwrap(await shop.storefronts[api].product(productId)).stock;

    test('is charged after the authentication; a replay returns the next action before it and the result after it', async () => {
      const { storefront, accessToken, product, order, pay, clientSecret } = await startPayment();
      expect((await pay()).payment.nextAction?.clientSecret).toBe(clientSecret);

      unwrap(await storefront.authenticate(accessToken, clientSecret, 'SUCCEEDED'));

      await eventually(async () => expect((await pay()).order.status).toBe('CONFIRMED'));
      expect((await pay()).payment).toMatchObject({ status: 'SUCCEEDED', nextAction: null });
      expect(unwrap(await storefront.order(accessToken, order.id)).payments).toHaveLength(1);
      expect(await stockOf(product.id)).toBe(1);
      await expectInvariants(shop.databaseUrls);
    });

    test('is declined if the authentication fails: the order is cancelled and its stock released', async () => {
      const { storefront, accessToken, product, order, clientSecret } = await startPayment();

      unwrap(await storefront.authenticate(accessToken, clientSecret, 'FAILED'));

      await eventually(async () =>
        expect(unwrap(await storefront.order(accessToken, order.id))).toMatchObject({
          status: 'CANCELLED',
          cancelReason: 'PAYMENT_FAILED',
          payments: [{ status: 'FAILED' }],
        }),
      );
      await eventually(async () => expect(await stockOf(product.id)).toBe(4));
      await expectInvariants(shop.databaseUrls);
    });

    test('holds the stock until the time limit, and cannot be charged afterwards', async () => {
      const { storefront, accessToken, product, order, clientSecret } = await startPayment();
      expect(await stockOf(product.id)).toBe(1);

      await eventually(async () =>
        expect(unwrap(await storefront.order(accessToken, order.id)).status).toBe('CANCELLED'),
      );
      const late = await storefront.authenticate(accessToken, clientSecret, 'SUCCEEDED');

      expect(late).toMatchObject({ ok: false, code: 'authentication_ended' });
      await eventually(async () => expect(await stockOf(product.id)).toBe(4));
      await expectInvariants(shop.databaseUrls);
    });

    test('cannot be authenticated with another client secret', async () => {
      const { accessToken } = await shop.newCustomer();

      const outcome = await shop.storefronts[api].authenticate(accessToken, 'pi_1_secret_2', 'SUCCEEDED');

      expect(outcome).toMatchObject({ ok: false, code: 'payment_not_found' });
    });
  },
);

test('nextAction is visible to the customer, not to an admin', async () => {
  const storefront = shop.storefronts.REST;
  const { accessToken, order } = await shop.newOrder(storefront, { stock: 1, quantity: 1 });
  const { payment } = unwrap(await storefront.payOrder(accessToken, order.id, 'sim_requires_action'));
  const read = (token: string) =>
    rest(shop.gatewayUrl)<{ payments: { next_action: unknown }[] }>('GET', `/v1/orders/${order.id}`, {
      token,
    });

  const { body } = await read(accessToken);
  expect(body.payments[0]?.next_action).toMatchObject({ client_secret: payment.nextAction!.clientSecret });
  expect((await read(shop.adminToken)).body.payments[0]?.next_action).toBeNull();
});

test('an invalid return URL is rejected before anything is charged', async () => {
  const { accessToken, order } = await shop.newOrder(shop.storefronts.REST, { stock: 1, quantity: 1 });
  const pay = (returnUrl: string) =>
    rest(shop.gatewayUrl)<{ code?: string }>('POST', `/v1/orders/${order.id}/pay`, {
      token: accessToken,
      body: { payment_method: 'sim_requires_action', return_url: returnUrl },
    });

  expect(await pay('http://shop.example/return')).toMatchObject({
    status: 400,
    body: { code: 'bad_request' },
  });
  expect(await pay('javascript:alert(1)')).toMatchObject({ status: 400 });
  expect(await pay('http://localhost:3000/return')).toMatchObject({ status: 202 });
});
