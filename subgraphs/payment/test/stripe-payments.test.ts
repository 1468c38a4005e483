import { randomUUID } from 'node:crypto';
import { eventually } from '@shop/testkit/eventually';
import { serviceCredential, userToken } from '@shop/testkit/keys';
import Stripe from 'stripe';
import { loadPaymentSettings } from '../src/config';
import { newAttempt, type PaymentService, startPaymentService } from './support/payment-service';
import { startStripeServer, type StripeServer } from './support/stripe-server';

const webhookSecret = 'whsec_of_the_test';

let stripe: StripeServer;
let service: PaymentService;
let shortLimitService: PaymentService;

beforeAll(async () => {
  stripe = await startStripeServer();
  const env = {
    PAYMENT_PROVIDER: 'stripe',
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_API_URL: stripe.url,
  };
  service = await startPaymentService(env);
  shortLimitService = await startPaymentService({ ...env, PAYMENT_ACTION_SECONDS: '1' });
});
afterAll(async () => {
  await service.stop();
  await shortLimitService.stop();
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

const eventuallyIs = (paymentId: string, status: string, at = service) =>
  eventually(async () => expect(await at.statusOf(paymentId)).toBe(status));

describe('With PAYMENT_PROVIDER=stripe', () => {
  it('a payment is charged and refunded at Stripe', async () => {
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
    expect(await service.refund(attempt.orderId)).toEqual({ outcome: 'PENDING' });
    await eventuallyIs(paymentId, 'REFUNDED');
    expect([...stripe.refunds.byId.values()]).toMatchObject([{ payment_intent: intent!.id, amount: 4_200 }]);
  });

  it.each([
    ['pm_card_chargeDeclined', 'FAILED', 'card_declined'],
    ['sim_success', 'NOT_SENT', 'unknown_payment_method'],
    [null, 'NOT_SENT', 'unknown_payment_method'],
    ['pm_1AlreadyUsed', 'NOT_SENT', 'payment_method_already_used'],
  ])('%s is %s with %s', async (paymentMethod, outcome, failureCode) => {
    expect(await service.charge(newAttempt({ paymentMethod }))).toMatchObject({ outcome, failureCode });
  });

  it('a return URL that Stripe rejects is NOT_SENT with invalid_return_url', async () => {
    const attempt = newAttempt({ paymentMethod: 'pm_card_authenticationRequired', returnUrl: 'shop' });
    expect(await service.charge(attempt)).toMatchObject({
      outcome: 'NOT_SENT',
      failureCode: 'invalid_return_url',
    });
  });

  it.each([
    [{ amountCents: 49 }, 'unpayable_amount'],
    [{ currency: 'XTS' }, 'currency_not_supported'],
  ])('%j is NOT_POSSIBLE with %s, also for a repeat', async (terms, failureCode) => {
    const attempt = newAttempt({ paymentMethod: 'pm_card_visa', ...terms });
    const intent = await service.charge(attempt);
    expect(intent).toMatchObject({ outcome: 'NOT_POSSIBLE', failureCode });
    expect(await service.charge(attempt)).toEqual(intent);
    expect(intentsOf(attempt.orderId)).toEqual([]);
    await eventually(() =>
      expect(service.subscriber.eventsOf(attempt.orderId)).toMatchObject([
        { type: 'payment.failed', data: { failureCode, sent: false, permanent: true } },
      ]),
    );
  });

  it.each([null, 'pm_card_visa', 'no such method'])(
    'an amount of 0 with the payment method %j is charged and refunded without a request to Stripe',
    async (paymentMethod) => {
      const before = stripe.requests.length;
      const attempt = newAttempt({ amountCents: 0, paymentMethod });
      const { paymentId, outcome } = await service.charge(attempt);
      expect(outcome).toBe('SUCCEEDED');
      expect(await rowOf(paymentId)).toEqual({ status: 'SUCCEEDED', provider: 'none', reference: null });
      expect(await service.refund(attempt.orderId)).toEqual({ outcome: 'PENDING' });
      await eventuallyIs(paymentId, 'REFUNDED');
      expect(stripe.requests.slice(before)).toEqual([]);
    },
  );

  it('a payment whose response was lost is UNKNOWN, then SUCCEEDED, and charged once', async () => {
    const attempt = newAttempt({ paymentMethod: 'pm_card_visa' });
    stripe.trouble('silent', /\/confirm$/);
    const { paymentId, outcome } = await service.charge(attempt);
    expect(outcome).toBe('UNDECIDED');
    expect(await service.statusOf(paymentId)).toBe('UNKNOWN');
    stripe.trouble();
    await eventuallyIs(paymentId, 'SUCCEEDED');
    expect(intentsOf(attempt.orderId)).toMatchObject([{ status: 'succeeded' }]);
  });

  it('a payment that Stripe is processing is PENDING until Stripe has decided', async () => {
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

/**
 * https://docs.stripe.com/api/events/object; the object as it is now, for an intent with its client
 * secret.
 */
async function deliverEvent(object: object, type: string, at = service): Promise<string> {
  const id = `evt_${randomUUID()}`;
  const payload = JSON.stringify({
    ...{ id, object: 'event', type, created: Math.floor(Date.now() / 1_000) },
    data: { object },
  });
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: webhookSecret });
  const { status } = await fetch(`${at.url}/webhooks/stripe`, {
    method: 'POST',
    headers: {
      'stripe-signature': signature,
      'x-service-authorization': `Bearer ${serviceCredential('gateway', 'payment')}`,
    },
    body: payload,
  });
  expect(status).toBe(204);
  return id;
}

describe('A card that requires 3-D Secure', () => {
  async function beginAction(at = service, returnUrl: string | null = null) {
    const attempt = newAttempt({ paymentMethod: 'pm_card_authenticationRequired', returnUrl });
    const { paymentId, outcome } = await at.charge(attempt);
    expect(outcome).toBe('UNDECIDED');
    expect(await at.statusOf(paymentId)).toBe('REQUIRES_ACTION');
    const viewer = { userId: attempt.userId };
    return { attempt, paymentId, viewer, intent: intentsOf(attempt.orderId)[0]! };
  }

  it('is REQUIRES_ACTION until Stripe.js authenticates the customer with the client secret', async () => {
    const { attempt, paymentId, viewer, intent } = await beginAction();
    const { nextAction } = await service.nextActionOf(paymentId, viewer);
    const clientSecret = intent.client_secret;
    expect(nextAction).toEqual({ type: 'use_stripe_sdk', clientSecret, redirectUrl: null });
    stripe.intents.authenticate(clientSecret, 'succeeds');
    await deliverEvent(intent, 'payment_intent.succeeded');
    await eventuallyIs(paymentId, 'SUCCEEDED');
    expect(await service.charge(attempt)).toMatchObject({ outcome: 'SUCCEEDED' });
  });

  it('with a return URL has a redirectUrl', async () => {
    const returnUrl = 'https://shop.example/checkout/return';
    const { paymentId, viewer, intent } = await beginAction(service, returnUrl);
    expect(intent.next_action).toMatchObject({ redirect_to_url: { return_url: returnUrl } });
    const { nextAction } = await service.nextActionOf(paymentId, viewer);
    expect(nextAction).toEqual({
      type: 'redirect_to_url',
      clientSecret: intent.client_secret,
      redirectUrl: expect.stringMatching(/^https:\/\/hooks\.stripe\.com\//),
    });
  });

  it('is declined with authentication_failed if the customer fails to authenticate, and cannot be confirmed again', async () => {
    const { attempt, paymentId, intent } = await beginAction();
    stripe.intents.authenticate(intent.client_secret, 'fails');
    await deliverEvent(intent, 'payment_intent.payment_failed');
    await eventuallyIs(paymentId, 'FAILED');
    expect(await service.charge(attempt)).toMatchObject({
      outcome: 'FAILED',
      failureCode: 'authentication_failed',
    });
    expect(intent).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
  });

  it('is cancelled at Stripe at the limit, then FAILED, and a charge that succeeds nevertheless is refunded', async () => {
    const { attempt, paymentId, intent } = await beginAction(shortLimitService);
    await eventuallyIs(paymentId, 'FAILED', shortLimitService);
    expect(intent).toMatchObject({ status: 'canceled', cancellation_reason: 'requested_by_customer' });
    expect(await shortLimitService.charge(attempt)).toMatchObject({
      failureCode: 'authentication_abandoned',
    });
    stripe.intents.authenticate(intent.client_secret, 'succeeds');
    expect(intent.status).toBe('canceled');
    // Contrary to Stripe's documentation.
    intent.status = 'succeeded';
    await deliverEvent(intent, 'payment_intent.succeeded', shortLimitService);
    await eventuallyIs(paymentId, 'REFUNDED', shortLimitService);
    expect([...stripe.refunds.byId.values()]).toContainEqual(
      expect.objectContaining({ payment_intent: intent.id }),
    );
  });

  it('returns nextAction null with an error at its path while Stripe does not respond, and stays REQUIRES_ACTION', async () => {
    const { paymentId, viewer } = await beginAction();
    stripe.trouble('fails');
    expect(await service.nextActionOf(paymentId, viewer)).toEqual({
      nextAction: null,
      errorPath: 'payment.nextAction',
    });
    expect(await service.statusOf(paymentId)).toBe('REQUIRES_ACTION');
  });

  it('returns the payment within the deadline, with nextAction null, while Stripe hangs', async () => {
    const { paymentId, viewer } = await beginAction();
    stripe.trouble('silent');
    // The gateway's deadline with the default SUBGRAPH_QUERY_TIMEOUT_MS.
    const response = await fetch(`${service.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-service-authorization': `Bearer ${serviceCredential('gateway', 'payment')}`,
        authorization: `Bearer ${userToken(viewer)}`,
        'x-request-timeout-ms': '1200',
      },
      body: JSON.stringify({ query: `{ payment(id: "${paymentId}") { status nextAction { type } } }` }),
      signal: AbortSignal.timeout(1_200),
    });
    expect(await response.json()).toMatchObject({
      data: { payment: { status: 'REQUIRES_ACTION', nextAction: null } },
      errors: [{ path: ['payment', 'nextAction'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }],
    });
  });

  it('calls Stripe once per request, however often nextAction is selected', async () => {
    const { paymentId, viewer, intent } = await beginAction();
    const before = stripe.requests.length;
    const query = `query ($id: ID!) {
      payment(id: $id) { a: nextAction { type } b: nextAction { type } c: nextAction { clientSecret } }
    }`;
    const { data } = await service.execute(query, { id: paymentId }, { viewer });
    expect(data.payment).toMatchObject({ a: { type: 'use_stripe_sdk' }, b: { type: 'use_stripe_sdk' } });
    expect(stripe.requests.slice(before).filter((call) => call.endsWith(intent.id))).toHaveLength(1);
  });

  it('calls Stripe once per payment for concurrent requests', async () => {
    const userId = randomUUID();
    const attempts = Array.from({ length: 10 }, () =>
      newAttempt({ paymentMethod: 'pm_card_authenticationRequired', userId }),
    );
    for (const attempt of attempts) await service.charge(attempt);
    const representations = attempts.map(({ orderId: id }) => ({ __typename: 'Order', id }));
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on Order { payments { nextAction { type } } } }
    }`;
    // Visits also read intents.
    await service.sql(`UPDATE payments SET due_at = now() + interval '1 hour' WHERE due_at IS NOT NULL`);
    const before = stripe.requests.length;
    const read = () => service.execute(query, { representations }, { viewer: { userId } });
    const results = await Promise.all([read(), read(), read(), read(), read()]);
    for (const { errors } of results) expect(errors).toBeUndefined();
    const calls = attempts.map(({ orderId }) => `GET /v1/payment_intents/${intentsOf(orderId)[0]!.id}`);
    const isOfAttempts = (call: string) => calls.includes(call);
    expect(stripe.requests.slice(before).filter(isOfAttempts).toSorted()).toEqual(calls.toSorted());
  });

  it('is decided before its next inquiry if a read finds that the customer has authenticated', async () => {
    const { paymentId, viewer, intent } = await beginAction();
    await eventually(async () => {
      const postponed = await service.sql(
        `UPDATE payments SET due_at = now() + interval '1 hour'
          WHERE id = $1 AND status = 'REQUIRES_ACTION' AND due_at < now() + interval '10 seconds' RETURNING id`,
        [paymentId],
      );
      expect(postponed).toHaveLength(1);
    });
    stripe.intents.authenticate(intent.client_secret, 'succeeds');
    const { nextAction } = await service.nextActionOf(paymentId, viewer);
    expect(nextAction).toBeNull();
    await eventuallyIs(paymentId, 'SUCCEEDED');
  });

  it('does not store its client secret with any event', async () => {
    const { intent } = await beginAction(service, 'https://shop.example/checkout/return');
    const id = await deliverEvent(intent, 'payment_intent.requires_action');
    const [stored] = await service.sql<{ body: string }>(
      `SELECT convert_from(body, 'UTF8') AS body FROM webhooks WHERE id = $1`,
      [id],
    );
    expect(JSON.parse(stored!.body)).toMatchObject({
      data: { object: { id: intent.id, client_secret: '[removed]' } },
    });
    expect(stored!.body).not.toContain(intent.client_secret);
  });
});

it('simulateAuthentication is NOT_FOUND unless PAYMENT_PROVIDER is simulator', async () => {
  await expect(service.authenticate('pi_1_secret_2', 'SUCCEEDED')).rejects.toThrow('NOT_FOUND');
});

describe('A refund at Stripe', () => {
  const stripeRefundOf = (orderId: string) => ({
    object: 'refund',
    metadata: { provider_key: `${orderId}:1` },
  });
  const refundsCreated = () => stripe.requests.filter((call) => call === 'POST /v1/refunds').length;
  const refundOf = async (paymentId: string) => {
    const [row] = await service.sql<{ status: string; tries: number; reference: string | null }>(
      'SELECT status, tries, provider_reference AS reference FROM refunds WHERE payment_id = $1',
      [paymentId],
    );
    return row;
  };

  it('that is pending is created once, is not inquired about before it is due, and ends by a webhook', async () => {
    const before = refundsCreated();
    const attempt = newAttempt({ paymentMethod: 'pm_card_pendingRefund' });
    const { paymentId } = await service.charge(attempt);
    await service.refund(attempt.orderId);
    // The try is counted before Stripe is called; the response has the reference.
    await eventually(async () =>
      expect(await refundOf(paymentId)).toEqual({
        ...{ status: 'PENDING', tries: 1 },
        reference: expect.stringMatching(/^re_/),
      }),
    );
    expect(await service.statusOf(paymentId)).toBe('SUCCEEDED');
    stripe.refunds.finish();
    await deliverEvent(stripeRefundOf(attempt.orderId), 'refund.updated');
    await eventuallyIs(paymentId, 'REFUNDED');
    expect(refundsCreated()).toBe(before + 1);
  });

  it('that fails after it succeeded is FAILED by the webhook refund.failed, and the payment SUCCEEDED', async () => {
    const attempt = newAttempt({ paymentMethod: 'pm_card_refundFail' });
    const { paymentId } = await service.charge(attempt);
    await service.refund(attempt.orderId);
    await eventuallyIs(paymentId, 'REFUNDED');
    stripe.refunds.finish();
    await deliverEvent(stripeRefundOf(attempt.orderId), 'refund.failed');
    await eventuallyIs(paymentId, 'SUCCEEDED');
    expect(await refundOf(paymentId)).toMatchObject({ status: 'FAILED' });
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

it('NODE_ENV=production requires PAYMENT_PROVIDER', () => {
  expect(load({})()).toMatchObject({ PAYMENT_PROVIDER: 'simulator' });
  expect(load({ NODE_ENV: 'production' })).toThrow('PAYMENT_PROVIDER is not set');
  const chosen = { NODE_ENV: 'production', PAYMENT_PROVIDER: 'simulator' };
  expect(load(chosen)()).toMatchObject(chosen);
});

describe('Settings of Stripe', () => {
  it('are all named if PAYMENT_PROVIDER=stripe and they are missing', () => {
    expect(load({ PAYMENT_PROVIDER: 'stripe' })).toThrow(
      /STRIPE_SECRET_KEY is not set[^]*STRIPE_WEBHOOK_SECRET is not set/,
    );
  });

  it('require each other, also with PAYMENT_PROVIDER=simulator', () => {
    expect(load({ STRIPE_SECRET_KEY: 'sk_x' })).toThrow('STRIPE_WEBHOOK_SECRET is not set');
    expect(load({ STRIPE_SECRET_KEY: 'sk_x', STRIPE_WEBHOOK_SECRET: 'whsec_x' })()).toMatchObject({
      PAYMENT_PROVIDER: 'simulator',
    });
  });

  it('are not printed if they are invalid, and keys are not sent over http', () => {
    const keys = { STRIPE_SECRET_KEY: 'pk_canary', STRIPE_WEBHOOK_SECRET: 'whsec_x' };
    expect(load(keys)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('canary') }));
    const address = { ...keys, STRIPE_SECRET_KEY: 'sk_x', STRIPE_API_URL: 'http://stripe.example' };
    expect(load(address)).toThrow('STRIPE_API_URL is not valid');
  });
});
