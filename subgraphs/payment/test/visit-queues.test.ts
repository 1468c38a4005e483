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

const visits = `key LIKE 'settle:%'`;
const jobs = 'graphile_worker._private_jobs';

async function count(from: string): Promise<number> {
  const [row] = await service.sql<{ count: number }>(`SELECT count(*)::int AS count FROM ${from}`);
  return row!.count;
}

it('visits that hang hold back no event of another order', async () => {
  for (let i = 0; i < 24; i += 1)
    await service.charge(newAttempt({ paymentMethod: 'pm_card_authenticationRequired' }));
  await eventually(async () => {
    await service.sql(`UPDATE ${jobs} SET run_at = now() + interval '1 hour' WHERE ${visits}`);
    expect(await count(`${jobs} WHERE ${visits} AND locked_at IS NOT NULL`)).toBe(0);
  });
  await service.sql('UPDATE payments SET visits = 0');
  stripe.trouble('silent');
  await service.sql(`UPDATE ${jobs} SET run_at = now() WHERE ${visits}`);
  await eventually(async () => expect(await count('payments WHERE visits > 0')).toBeGreaterThanOrEqual(4));

  const free = newAttempt({ amountCents: 0 });
  await service.charge(free);
  await eventually(() => expect(service.subscriber.eventsOf(free.orderId)).toHaveLength(1));

  expect(await count(`payments WHERE visits = 0 AND status = 'REQUIRES_ACTION'`)).toBeGreaterThan(0);
  stripe.trouble();
});
