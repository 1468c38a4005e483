import Stripe from 'stripe';
import { ImpossibleCharge, type PaymentProvider } from '../src/providers/payment-provider';
import { createStripe } from '../src/providers/stripe/stripe';
import { itKeepsTheProviderContract, newCharge } from './provider-contract';
import { type StripeServer, startStripeServer } from './support/stripe-server';

const webhookSecret = 'whsec_of_the_test';
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

let server: StripeServer;
let stripe: PaymentProvider;

const connect = (secretKey = server.secretKey) =>
  createStripe({ secretKey, webhookSecret, apiUrl: server.url, timeoutMs: 300 });

beforeAll(async () => {
  server = await startStripeServer();
  stripe = connect();
});
afterAll(() => server.stop());
afterEach(() => {
  server.trouble();
  server.refunds.firstStatus = undefined;
});

itKeepsTheProviderContract({
  provider: () => stripe,
  methods: {
    succeeds: 'pm_card_visa',
    declined: 'pm_card_chargeDeclinedInsufficientFunds',
    processing: 'pm_usBankAccount_success',
    requiresAction: 'pm_card_authenticationRequired',
  },
  authenticate(clientSecret, end) {
    server.intents.authenticate(clientSecret, end);
    return Promise.resolve();
  },
  finishProcessing: () => server.intents.finishProcessing(),
  async whileSilent(call) {
    server.trouble('silent', /\/confirm$/);
    const result = await call('pm_card_visa');
    server.trouble();
    return result;
  },
  async whileUnreachable(call) {
    await server.unplug();
    const result = await call('pm_card_visa');
    await server.plugIn();
    return result;
  },
  // https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
  impossible: [
    { amountCents: 49 },
    { amountCents: 29, currency: 'GBP' },
    { amountCents: 49, currency: 'JPY' },
    { amountCents: 100_000_000 },
    { amountCents: 1_001, currency: 'KWD' },
    { currency: 'XTS' },
  ].map((terms) => () => ({
    request: newCharge('pm_card_visa', terms),
    method: 'pm_card_visa',
    failureCode:
      terms.currency === 'XTS' ? ('currency_not_supported' as const) : ('unpayable_amount' as const),
  })),
  refunds: { pending: 'pm_card_pendingRefund', failsLater: 'pm_card_refundFail' },
  finishRefunds: () => server.refunds.finish(),
  async whileRefundsFail(call) {
    server.refunds.firstStatus = 'failed';
    const result = await call('pm_card_visa');
    server.refunds.firstStatus = undefined;
    return result;
  },
  webhooks: {
    type: 'payment_intent.succeeded',
    bodyOf: ({ id, key, occurredAt }) =>
      JSON.stringify({
        id,
        object: 'event',
        type: 'payment_intent.succeeded',
        created: Math.floor(occurredAt.getTime() / 1_000),
        data: { object: { object: 'payment_intent', metadata: key === null ? {} : { provider_key: key } } },
      }),
    sign: (payload, { signedAt, forged }) => ({
      'stripe-signature': Stripe.webhooks.generateTestHeaderString({
        payload,
        secret: forged ? 'whsec_of_somebody_else' : webhookSecret,
        timestamp: Math.floor(signedAt.getTime() / 1_000),
      }),
    }),
  },
});

const intentsOf = (key: string) =>
  [...server.intents.byId.values()].filter(({ metadata }) => metadata['provider_key'] === key);

describe('A charge at Stripe', () => {
  it('creates an intent of the amount, with the order in its metadata', async () => {
    const request = newCharge('pm_card_visa', { amountCents: 4_200 });
    const { reference } = await stripe.charge(request);
    const [intent] = intentsOf(request.key);
    expect(intent).toMatchObject({ id: reference, amount: 4_200, currency: 'eur', status: 'succeeded' });
    expect(intent?.metadata).toEqual({ order_id: request.orderId, provider_key: request.key });
  });

  it('is made once if the connection was closed after it and the library retries', async () => {
    const request = newCharge('pm_card_visa');
    server.trouble('hangs_up', /\/confirm$/);
    const { reference } = await stripe.charge(request);
    expect(intentsOf(request.key)).toMatchObject([{ id: reference, status: 'succeeded' }]);
    expect(server.requests.filter((call) => call.endsWith(`${reference}/confirm`))).toHaveLength(2);
  });

  it('requires a payment method', async () => {
    const request = newCharge(null);
    await expect(stripe.charge(request)).rejects.toMatchObject({ failureCode: 'unknown_payment_method' });
    expect(intentsOf(request.key)).toEqual([]);
  });

  it.each([
    ['EUR', 50],
    ['GBP', 30],
    ['JPY', 50],
    ['EUR', 99_999_999],
  ])('succeeds for the smallest and the largest amount in %s: %d', async (currency, amountCents) => {
    expect(await stripe.charge(newCharge('pm_card_visa', { currency, amountCents }))).toMatchObject({
      state: 'succeeded',
    });
  });

  it('in a currency without an activated payment method is impossible, with a remedy', async () => {
    server.intents.withoutPaymentMethods.add('sek');
    const request = newCharge('pm_card_visa', { currency: 'SEK' });
    await expect(stripe.charge(request)).rejects.toMatchObject({
      failureCode: 'currency_not_supported',
      remedy: expect.stringContaining('Activate a payment method'),
    });
    expect(intentsOf(request.key)).toEqual([]);
  });

  it('with an invalid API key is rejected, and the error does not contain the key', async () => {
    const request = newCharge('pm_card_visa');
    const misconfigured = connect('sk_test_wrong_canary');
    const error: unknown = await misconfigured.charge(request).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      name: 'ChargeRejected',
      failureCode: 'provider_unavailable',
      remedy: expect.stringContaining('STRIPE_SECRET_KEY'),
    });
    expect(error).not.toBeInstanceOf(ImpossibleCharge);
    const { message, stack, cause } = error as Error;
    expect(JSON.stringify([message, stack, cause])).not.toContain('canary');
  });
});

describe('A declined charge', () => {
  it('cancels its intent, so that it cannot be confirmed later', async () => {
    const request = newCharge('pm_card_chargeDeclined');
    expect(await stripe.charge(request)).toMatchObject({ state: 'declined', failureCode: 'card_declined' });
    expect(intentsOf(request.key)).toMatchObject([{ status: 'canceled', cancellation_reason: 'abandoned' }]);
  });

  it('is cancelled by the next inquiry if its first process crashed', async () => {
    const request = newCharge('pm_card_chargeDeclinedInsufficientFunds');
    server.trouble('fails', /\/cancel$/);
    await expect(stripe.charge(request)).rejects.not.toMatchObject({ name: 'ChargeRejected' });
    expect(intentsOf(request.key)).toMatchObject([{ status: 'requires_payment_method' }]);
    server.trouble();
    const found = await stripe.inquire(request);
    expect(found).toMatchObject({ state: 'declined', failureCode: 'insufficient_funds' });
    expect(intentsOf(request.key)).toMatchObject([{ status: 'canceled' }]);
    expect(await stripe.inquire(request)).toEqual(found);
  });

  it.each([['pm_card_chargeDeclinedStolenCard', 'card_declined']])(
    'with %s returns only %s to the customer',
    async (method, failureCode) => {
      const request = newCharge(method);
      const first = await stripe.charge(request);
      expect(first).toMatchObject({ state: 'declined', failureCode });
      expect(await stripe.inquire(request)).toEqual(first);
    },
  );
});

describe('An error that Stripe replays for the key', () => {
  it('leaves the intent open, and the key can be closed', async () => {
    const request = newCharge('pm_card_visa');
    server.trouble('fails', /\/confirm$/);
    await expect(stripe.charge(request)).rejects.not.toMatchObject({ name: 'ChargeRejected' });
    server.trouble();
    expect(await stripe.inquire(request)).toEqual({ state: 'not_found' });
    await expect(stripe.charge(request)).rejects.toThrow();
    expect(await stripe.cancel(request)).toMatchObject({ state: 'cancelled' });
  });

  it('charges nothing if it occurred before the confirmation', async () => {
    server.trouble('silent', /payment_intents$/);
    const request = newCharge('pm_card_visa');
    await expect(stripe.charge(request)).rejects.toMatchObject({ name: 'ChargeRejected' });
    expect(intentsOf(request.key)).toMatchObject([{ status: 'requires_payment_method' }]);
  });
});

describe('After a day, when Stripe has deleted the key', () => {
  it('a charge is found by its metadata, and not made again', async () => {
    const request = newCharge('pm_card_visa');
    const charged = await stripe.charge(request);
    server.keys.forget();
    const old = { ...request, openedAt: hoursAgo(26) };
    expect(await stripe.inquire(old)).toEqual(charged);
    expect(await stripe.cancel(old)).toEqual(charged);
    expect(await stripe.charge(old)).toEqual(charged);
    expect(intentsOf(request.key)).toHaveLength(1);
  });

  it('a charge is read by its reference if it is known', async () => {
    const request = newCharge('pm_card_visa');
    const charged = await stripe.charge(request);
    server.keys.forget();
    server.trouble('fails', /search/);
    const old = { ...request, openedAt: hoursAgo(26), reference: charged.reference };
    expect(await stripe.inquire(old)).toEqual(charged);
  });

  it('an inquiry throws while the search index may be behind', async () => {
    const request = newCharge('pm_card_visa', { openedAt: hoursAgo(24) });
    await expect(stripe.inquire(request)).rejects.toThrow('search index may not contain the intent yet');
    await expect(stripe.cancel(request)).rejects.toThrow('search index may not contain the intent yet');
  });

  it('a key without a charge is closed by a new intent', async () => {
    const request = newCharge('pm_card_visa', { openedAt: hoursAgo(26) });
    expect(await stripe.inquire(request)).toEqual({ state: 'not_found' });
    expect(intentsOf(request.key)).toEqual([]);
    expect(await stripe.cancel(request)).toMatchObject({ state: 'cancelled' });
    expect(await stripe.charge({ ...request, openedAt: new Date() })).toMatchObject({ state: 'cancelled' });
  });

  it('a refund is found, not made again', async () => {
    const charge = newCharge('pm_card_visa');
    const { reference } = await stripe.charge(charge);
    const refund = { key: `refund:${charge.key}`, charge: { ...charge, reference } };
    const first = await stripe.refund(refund);
    server.keys.forget();
    expect(await stripe.refund(refund)).toEqual(first);
    await expect(stripe.refund({ ...refund, key: 'another' })).rejects.toThrow();
  });
});

async function refundWithStatus(status: 'requires_action' | 'canceled' | 'failed', failureReason?: string) {
  const charge = newCharge('pm_card_visa');
  await stripe.charge(charge);
  server.refunds.firstStatus = status;
  const refund = { key: `refund:${charge.key}`, charge };
  const state = await stripe.refund(refund);
  const made = [...server.refunds.byId.values()].find(
    ({ metadata }) => metadata['refund_key'] === refund.key,
  )!;
  if (failureReason) made.failure_reason = failureReason;
  return { refund, state, reference: made.id };
}

describe('A refund at Stripe', () => {
  // https://docs.stripe.com/api/refunds/object#refund_object-status
  it('is pending while the customer must act, and failed if it was canceled', async () => {
    const waiting = await refundWithStatus('requires_action');
    expect(waiting.state).toEqual({ state: 'pending', reference: waiting.reference });
    const canceled = await refundWithStatus('canceled');
    expect(canceled.state).toEqual({
      state: 'failed',
      reference: canceled.reference,
      failureCode: 'refund_canceled',
    });
  });

  it('does not throw RefundRejected during an outage, even for a charge without a known reference', async () => {
    const charge = newCharge('pm_card_visa');
    await stripe.charge(charge);
    const refund = { key: `refund:${charge.key}`, charge };
    await server.unplug();
    for (const call of [stripe.refund(refund), stripe.inquireRefund(refund)])
      await expect(call).rejects.not.toMatchObject({ name: 'RefundRejected' });
    await server.plugIn();
    expect(await stripe.refund(refund)).toMatchObject({ state: 'succeeded' });
  });

  it('is rejected with charge_not_found only once no intent can exist', async () => {
    const outcomeAfter = (hours: number) => {
      const charge = newCharge('pm_card_visa', { openedAt: hoursAgo(hours) });
      return stripe.refund({ key: `refund:${charge.key}`, charge });
    };
    await expect(outcomeAfter(24)).rejects.not.toMatchObject({ name: 'RefundRejected' });
    await expect(outcomeAfter(26)).rejects.toMatchObject({
      name: 'RefundRejected',
      failureCode: 'charge_not_found',
    });
  });

  // https://docs.stripe.com/api/refunds/object#refund_object-failure_reason
  it('does not reveal that a card is reported lost or stolen', async () => {
    const { refund } = await refundWithStatus('failed', 'lost_or_stolen_card');
    expect(await stripe.inquireRefund(refund)).toMatchObject({ state: 'failed', failureCode: 'declined' });
  });
});

// https://docs.stripe.com/api/events/types: the object of refund.* and charge.refund.updated is the
// refund.
it.each(['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated'])(
  'the webhook %s identifies the charge by the metadata of its refund',
  (type) => {
    const payload = JSON.stringify({
      ...{ id: 'evt_1', object: 'event', type, created: Math.floor(Date.now() / 1_000) },
      data: {
        object: { object: 'refund', metadata: { provider_key: 'order:1', refund_key: 'refund:order:1' } },
      },
    });
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: webhookSecret });
    const delivery = { body: Buffer.from(payload), headers: { 'stripe-signature': signature } };
    expect(stripe.readWebhook(delivery)).toMatchObject({ type, chargeKey: 'order:1' });
  },
);
