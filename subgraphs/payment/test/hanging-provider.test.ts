import { eventually } from '@shop/testkit/eventually';
import { newAttempt, type PaymentService, startPaymentService } from './support/payment-service';
import { type StripeServer, startStripeServer } from './support/stripe-server';

let stripe: StripeServer;
let service: PaymentService;

beforeAll(async () => {
  stripe = await startStripeServer();
  service = await startPaymentService({
    PAYMENT_PROVIDER: 'stripe',
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_WEBHOOK_SECRET: 'whsec_of_the_test',
    STRIPE_API_URL: stripe.url,
  });
});
afterAll(async () => {
  await service.stop();
  await stripe.stop();
});

async function count(from: string): Promise<number> {
  const [row] = await service.sql<{ count: number }>(`SELECT count(*)::int AS count FROM ${from}`);
  return row!.count;
}

/** Payments that stay undecided, because their customers must authenticate. */
async function undecidedPayments(number: number): Promise<string> {
  const attempts = Array.from({ length: number }, () =>
    newAttempt({ paymentMethod: 'pm_card_authenticationRequired' }),
  );
  for (const attempt of attempts) await service.charge(attempt);
  const ids = attempts.map(({ orderId }) => `'${orderId}'`);
  return `order_id IN (${ids.join(', ')})`;
}

it('While the provider hangs, at most 4 inquiries hang; refunds, webhooks and events of other orders are processed', async () => {
  const refunded = newAttempt({ amountCents: 0 });
  await service.charge(refunded);
  const hanging = await undecidedPayments(24);
  await service.sql(`UPDATE payments SET due_at = now() + interval '1 hour' WHERE ${hanging}`);
  stripe.trouble('silent');
  await service.sql(`UPDATE payments SET due_at = now(), visits = 0 WHERE ${hanging}`);
  const inquired = `payments WHERE visits > 0 AND ${hanging}`;
  await eventually(async () => expect(await count(inquired)).toBe(4));

  const free = newAttempt({ amountCents: 0 });
  await service.charge(free);
  await service.refund(refunded.orderId);
  await service.sql(
    `INSERT INTO webhooks (provider, id, type, body, occurred_at, due_at) VALUES ('stripe', 'evt', 'x', '', now(), now())`,
  );
  await eventually(() => expect(service.subscriber.eventsOf(free.orderId)).toHaveLength(1));
  await eventually(() => expect(service.subscriber.eventsOf(refunded.orderId)).toHaveLength(2));
  await eventually(async () => expect(await count(`webhooks WHERE outcome = 'unknown_charge'`)).toBe(1));

  expect(await count(`payments WHERE visits = 0 AND ${hanging}`)).toBeGreaterThan(0);
  stripe.trouble();
});
