import { eventually } from '@shop/testkit/eventually';
import { graphql, rest } from '@shop/testkit/http';
import { startStripeServer, type StripeServer } from '../../../subgraphs/payment/test/support/stripe-server';
import { unwrap, openShop, type Shop } from '../shop';

let shop: Shop;
let stripe: StripeServer;

beforeAll(async () => {
  stripe = await startStripeServer();
  const payment = {
    PAYMENT_PROVIDER: 'stripe',
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_WEBHOOK_SECRET: 'whsec_of_the_test',
    STRIPE_API_URL: stripe.url,
  };
  // The default. Other tests use a longer timeout.
  shop = await openShop({}, payment, { SUBGRAPH_QUERY_TIMEOUT_MS: '1200' });
});
afterAll(async () => {
  await shop.close();
  await stripe.stop();
});
afterEach(() => stripe.trouble());

async function payNewOrder(paymentMethod: string) {
  const { accessToken, order } = await shop.newOrder(shop.storefronts.REST, { stock: 1, quantity: 1 });
  unwrap(await shop.storefronts.REST.payOrder(accessToken, order.id, paymentMethod));
  return { token: accessToken, id: order.id };
}

type OrderOfCustomer = Awaited<ReturnType<typeof payNewOrder>>;

const statusOf = async ({ token, id }: OrderOfCustomer) =>
  (await rest(shop.gatewayUrl)('GET', `/v1/orders/${id}`, { token })).status;

test('while Stripe stalls, only nextAction is null, and the payments of other customers stay readable', async () => {
  const waiting = await payNewOrder('pm_card_authenticationRequired');
  const paid = await payNewOrder('pm_card_visa');
  const query = `{ order(id: "${waiting.id}") { payments { status nextAction { type } } } }`;
  const readWaiting = () => graphql(shop.gatewayUrl)(query, { token: waiting.token });
  const onlyActionMissing = {
    data: { order: { payments: [{ status: 'REQUIRES_ACTION', nextAction: null }] } },
    errors: [{ path: ['order', 'payments', 0, 'nextAction'] }],
  };
  // Plans the queries before the timeout matters.
  await readWaiting();
  expect(await statusOf(paid)).toBe(200);
  stripe.trouble('silent', /payment_intents/);
  await eventually(async () => expect((await readWaiting()).body).toMatchObject(onlyActionMissing));

  // More failures than open a circuit breaker.
  for (let i = 0; i < 12; i += 1) {
    expect((await readWaiting()).body).toMatchObject(onlyActionMissing);
    expect(await statusOf(paid)).toBe(200);
  }
});

test('while Stripe stalls, REST returns the order and the 202 of a payment with next_action null', async () => {
  const storefront = shop.storefronts.REST;
  const { accessToken: token, order } = await shop.newOrder(storefront, { stock: 1, quantity: 1 });
  const call = rest(shop.gatewayUrl)<{ payments: object[]; payment: object }>;
  const getOrder = () => call('GET', `/v1/orders/${order.id}`, { token });
  const pay = () =>
    call('POST', `/v1/orders/${order.id}/pay`, {
      token,
      body: { payment_method: 'pm_card_authenticationRequired' },
      headers: { 'idempotency-key': `pay-${order.id}` },
    });
  const responded = { status: 'REQUIRES_ACTION', next_action: { type: 'use_stripe_sdk' } };
  expect(await pay()).toMatchObject({ status: 202, body: { payment: responded } });
  stripe.trouble('silent', /payment_intents/);

  const waiting = { status: 'REQUIRES_ACTION', next_action: null };
  await eventually(async () =>
    expect(await getOrder()).toMatchObject({ status: 200, body: { payments: [waiting] } }),
  );
  expect(await pay()).toMatchObject({ status: 202, body: { payment: waiting } });
});
