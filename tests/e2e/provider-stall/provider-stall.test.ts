import { graphql, rest } from '@shop/testkit/http';
import { startStripeServer, type StripeServer } from '../../../subgraphs/payment/test/support/stripe-server';
import { granted, openShop, type Shop } from '../shop';

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
  // The defaults of these settings.
  const timeouts = { SUBGRAPH_QUERY_TIMEOUT_MS: '1200', SUBGRAPH_TIMEOUT_MS: '15000' };
  shop = await openShop({}, payment, timeouts);
});
afterAll(async () => {
  await shop.close();
  await stripe.stop();
});
afterEach(() => stripe.trouble());

async function payNewOrder(paymentMethod: string) {
  const { accessToken, order } = await shop.newOrder(shop.doors.REST, { stock: 1, quantity: 1 });
  granted(await shop.doors.REST.payOrder(accessToken, order.id, paymentMethod));
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
  // Plans the queries.
  await readWaiting();
  expect(await statusOf(paid)).toBe(200);
  stripe.trouble('silent', /payment_intents/);

  // More failures than a circuit tolerates.
  for (let i = 0; i < 12; i += 1) {
    const { body } = await readWaiting();
    expect(body).toMatchObject({
      data: { order: { payments: [{ status: 'REQUIRES_ACTION', nextAction: null }] } },
      errors: [{ path: ['order', 'payments', 0, 'nextAction'] }],
    });
    expect(await statusOf(paid)).toBe(200);
  }
});
