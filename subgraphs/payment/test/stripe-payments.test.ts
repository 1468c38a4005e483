import { eventually } from '@shop/testkit/eventually';
import { loadPaymentSettings } from '../src/config';
import { newAttempt, type PaymentService, startPaymentService } from './support/payment-service';
import { type StripeServer, startStripeServer } from './support/stripe-server';

const webhookSecret = 'whsec_of_the_test';

let stripe: StripeServer;
let service: PaymentService;

beforeAll(async () => {
  stripe = await startStripeServer();
  service = await startPaymentService({
    PAYMENT_PROVIDER: 'stripe',
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_API_URL: stripe.url,
  });
});
afterAll(async () => {
  await service.stop();
  await stripe.stop();
});
afterEach(() => stripe.trouble());

const intentsOf = (orderId: string) =>
  [...stripe.intents.byId.values()].filter(({ metadata }) => metadata['order_id'] === orderId);

const rowOf = async (paymentId: string) => {
  const [row] = await service.sql(
    'SELECT status, provider, provider_reference AS reference FROM payments WHERE id = $1',
    [paymentId],
  );
  return row;
};

const eventuallyIs = (paymentId: string, status: string) =>
  eventually(async () => expect(await service.statusOf(paymentId)).toBe(status));

describe('With PAYMENT_PROVIDER=stripe', () => {
  it('a payment is charged at Stripe, and given back', async () => {
    const attempt = newAttempt({ paymentMethod: 'pm_card_visa' });
    const { paymentId, outcome } = await service.charge(attempt);
    expect(outcome).toBe('SUCCEEDED');
    const [intent] = intentsOf(attempt.orderId);
    expect(intent).toMatchObject({ amount: 4_200, currency: 'eur', status: 'succeeded' });
    expect(await rowOf(paymentId)).toEqual({
      status: 'SUCCEEDED',
      provider: 'stripe',
      reference: intent!.id,
    });
    expect(await service.refund(attempt.orderId)).toEqual({ outcome: 'REFUNDED' });
    expect([...stripe.refunds.byId.values()]).toMatchObject([{ payment_intent: intent!.id, amount: 4_200 }]);
  });

  it.each([
    ['pm_card_chargeDeclined', 'FAILED', 'card_declined'],
    ['sim_success', 'NOT_SENT', 'unknown_payment_method'],
    [null, 'NOT_SENT', 'unknown_payment_method'],
  ])('%s is %s with %s', async (paymentMethod, outcome, failureCode) => {
    expect(await service.charge(newAttempt({ paymentMethod }))).toMatchObject({ outcome, failureCode });
  });

  it('an answer that was lost leaves it UNKNOWN, then found succeeded, charged once', async () => {
    const attempt = newAttempt({ paymentMethod: 'pm_card_visa' });
    stripe.trouble('silent', /\/confirm$/);
    const { paymentId, outcome } = await service.charge(attempt);
    expect(outcome).toBe('UNDECIDED');
    expect(await service.statusOf(paymentId)).toBe('UNKNOWN');
    stripe.trouble();
    await eventuallyIs(paymentId, 'SUCCEEDED');
    expect(intentsOf(attempt.orderId)).toMatchObject([{ status: 'succeeded' }]);
  });

  it('what Stripe is processing is PENDING until it has decided', async () => {
    const attempt = newAttempt({ paymentMethod: 'pm_usBankAccount_success' });
    const { paymentId } = await service.charge(attempt);
    expect(await rowOf(paymentId)).toMatchObject({
      status: 'PENDING',
      reference: intentsOf(attempt.orderId)[0]!.id,
    });
    stripe.intents.finishProcessing();
    await eventuallyIs(paymentId, 'SUCCEEDED');
  });
});

const load = (env: Record<string, string>) => () =>
  loadPaymentSettings({
    DATABASE_URL: 'postgres://x/x',
    SERVICE_KEY_FILE: 'k',
    SERVICE_TRUST_FILE: 't',
    PORT: '0',
    ...env,
  });

it('In production a provider is chosen on purpose: with the simulator anybody pays with nothing', () => {
  expect(load({})()).toMatchObject({ PAYMENT_PROVIDER: 'simulator' });
  expect(load({ NODE_ENV: 'production' })).toThrow('PAYMENT_PROVIDER is not set');
  const chosen = { NODE_ENV: 'production', PAYMENT_PROVIDER: 'simulator' };
  expect(load(chosen)()).toMatchObject(chosen);
});

describe('Settings of Stripe', () => {
  it('are all named when PAYMENT_PROVIDER=stripe lacks them', () => {
    expect(load({ PAYMENT_PROVIDER: 'stripe' })).toThrow(
      /STRIPE_SECRET_KEY is not set[^]*STRIPE_WEBHOOK_SECRET is not set/,
    );
  });

  it('come together, also for earlier payments', () => {
    expect(load({ STRIPE_SECRET_KEY: 'sk_x' })).toThrow('STRIPE_WEBHOOK_SECRET is not set');
    expect(load({ STRIPE_SECRET_KEY: 'sk_x', STRIPE_WEBHOOK_SECRET: 'whsec_x' })()).toMatchObject({
      PAYMENT_PROVIDER: 'simulator',
    });
  });

  it('that are wrong are not shown, and keys do not travel in the clear', () => {
    const keys = { STRIPE_SECRET_KEY: 'pk_canary', STRIPE_WEBHOOK_SECRET: 'whsec_x' };
    expect(load(keys)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('canary') }));
    const address = { ...keys, STRIPE_SECRET_KEY: 'sk_x', STRIPE_API_URL: 'http://stripe.example' };
    expect(load(address)).toThrow('STRIPE_API_URL is not valid');
  });
});
