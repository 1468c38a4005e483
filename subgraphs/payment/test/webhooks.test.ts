import { eventually } from '@shop/testkit/eventually';
import { serviceCredential } from '@shop/testkit/keys';
import { type SimulatedWebhook, simulatedWebhook, webhookSecret } from '@shop/testkit/webhooks';
import { connect } from '../src/data-source';
import { WebhookRepository } from '../src/webhooks/webhook.repository';
import { insertUnfinishedAttempt } from './support/unfinished-attempt';
import {
  type Attempt,
  newAttempt,
  type PaymentService,
  startPaymentService,
} from './support/payment-service';

let service: PaymentService;

beforeAll(async () => {
  service = await startPaymentService({ SIMULATOR_WEBHOOK_SECRET: webhookSecret });
});
afterAll(() => service.stop());

async function deliver(
  { body, headers }: Pick<SimulatedWebhook, 'body' | 'headers'>,
  { provider = 'simulator', caller = 'gateway' } = {},
): Promise<number> {
  const credential = serviceCredential(caller, 'payment');
  const response = await fetch(`${service.url}/webhooks/${provider}`, {
    method: 'POST',
    headers: { ...headers, 'x-service-authorization': `Bearer ${credential}` },
    body,
  });
  await response.body?.cancel();
  return response.status;
}

const keyOf = ({ orderId, attempt }: Attempt) => `${orderId}:${attempt}`;

async function webhooksAbout(attempt: Attempt) {
  return service.sql<{ id: string; outcome: string | null; deliveries: number; attempts: number }>(
    'SELECT id, outcome, deliveries, attempts FROM webhooks WHERE charge_key = $1',
    [keyOf(attempt)],
  );
}

/** A charge at the provider that the shop does not know of. */
function chargeAtProvider(attempt: Attempt) {
  return service.sql(
    `INSERT INTO simulator.charges (key, order_id, amount_cents, currency, outcome, settles_at)
     VALUES ($1, $2, $3, $4, 'succeeded', now())`,
    [keyOf(attempt), attempt.orderId, attempt.amountCents, attempt.currency],
  );
}

const eventuallyIs = (paymentId: string, status: string) =>
  eventually(async () => expect(await service.statusOf(paymentId)).toBe(status));

const eventuallyProcessed = (attempt: Attempt, outcome: string) =>
  eventually(async () =>
    expect((await webhooksAbout(attempt)).map((webhook) => webhook.outcome)).toEqual([outcome]),
  );

describe('A webhook', () => {
  it('is stored, and brings the next inquiry forward', async () => {
    const attempt = newAttempt();
    await chargeAtProvider(attempt);
    const paymentId = await insertUnfinishedAttempt(service, attempt, { dueInMinutes: 60 });
    expect(await deliver(simulatedWebhook(keyOf(attempt)))).toBe(204);
    expect(await webhooksAbout(attempt)).toHaveLength(1);
    await eventuallyIs(paymentId, 'SUCCEEDED');
    await eventuallyProcessed(attempt, 'inquired');
  });

  it('that is delivered 20 times concurrently is stored and processed once', async () => {
    const attempt = newAttempt();
    await chargeAtProvider(attempt);
    const paymentId = await insertUnfinishedAttempt(service, attempt, { dueInMinutes: 60 });
    const webhook = simulatedWebhook(keyOf(attempt));
    const results = await Promise.all(Array.from({ length: 20 }, () => deliver(webhook)));
    expect(new Set(results)).toEqual(new Set([204]));
    await eventuallyIs(paymentId, 'SUCCEEDED');
    await eventuallyProcessed(attempt, 'inquired');
    expect(await deliver(webhook)).toBe(204);
    expect(await webhooksAbout(attempt)).toEqual([
      { id: webhook.id, outcome: 'inquired', deliveries: 21, attempts: 1 },
    ]);
    await eventually(() => expect(service.subscriber.eventsOf(attempt.orderId)).toHaveLength(1));
  });

  it('about a payment that succeeded is processed as soon as it is stored, and changes nothing', async () => {
    const attempt = newAttempt();
    const { paymentId } = await service.charge(attempt);
    expect(await deliver(simulatedWebhook(keyOf(attempt), { type: 'charge.declined' }))).toBe(204);
    expect(await webhooksAbout(attempt)).toMatchObject([{ outcome: 'already_decided', attempts: 0 }]);
    expect(await service.statusOf(paymentId)).toBe('SUCCEEDED');
  });

  it('is only a hint: the provider is inquired, and returns that nothing was charged', async () => {
    const attempt = newAttempt({ paymentMethod: 'sim_declined' });
    const { paymentId } = await service.charge(attempt);
    expect(await deliver(simulatedWebhook(keyOf(attempt)))).toBe(204);
    await eventuallyProcessed(attempt, 'inquired');
    expect(await service.statusOf(paymentId)).toBe('FAILED');
  });

  it('about a charge of a FAILED payment causes one refund', async () => {
    const attempt = newAttempt({ paymentMethod: 'sim_unavailable' });
    const { paymentId, outcome } = await service.charge(attempt);
    expect(outcome).toBe('NOT_SENT');
    await chargeAtProvider(attempt);
    const webhooks = [simulatedWebhook(keyOf(attempt)), simulatedWebhook(keyOf(attempt))];
    expect(await Promise.all(webhooks.map((webhook) => deliver(webhook)))).toEqual([204, 204]);
    await eventuallyIs(paymentId, 'REFUNDED');
    const refunds = await service.sql('SELECT key FROM simulator.refunds WHERE charge_key = $1', [
      keyOf(attempt),
    ]);
    expect(refunds).toHaveLength(1);
  });

  it('about a refund causes an inquiry: a late failure and a late success are found', async () => {
    const attempt = newAttempt();
    const { paymentId } = await service.charge(attempt);
    await service.refund(attempt.orderId);
    await eventuallyIs(paymentId, 'REFUNDED');
    const setFailure = (failsAt: string) =>
      service.sql(
        `UPDATE simulator.refunds SET fails_at = ${failsAt}, failure_code = CASE WHEN ${failsAt} IS NOT NULL THEN 'x' END
         WHERE charge_key = $1`,
        [keyOf(attempt)],
      );
    await setFailure('now()');
    await deliver(simulatedWebhook(keyOf(attempt), { type: 'charge.refund_failed' }));
    await eventuallyIs(paymentId, 'SUCCEEDED');
    await setFailure('NULL');
    await deliver(simulatedWebhook(keyOf(attempt), { type: 'charge.refunded' }));
    await eventuallyIs(paymentId, 'REFUNDED');
    await eventually(() =>
      expect(service.subscriber.eventsOf(attempt.orderId).map(({ type }) => type)).toEqual([
        'payment.succeeded',
        'payment.refunded',
        'payment.refund_failed',
        'payment.refunded',
      ]),
    );
  });

  it('about an unknown payment is stored, and can be replayed once the payment exists', async () => {
    const attempt = newAttempt();
    const webhook = simulatedWebhook(keyOf(attempt));
    expect(await deliver(webhook)).toBe(204);
    await eventuallyProcessed(attempt, 'unknown_charge');

    await chargeAtProvider(attempt);
    const paymentId = await insertUnfinishedAttempt(service, attempt, { dueInMinutes: 60 });
    const dataSource = await connect({ DATABASE_URL: service.databaseUrl, DATABASE_POOL_SIZE: 2 });
    try {
      const key = { provider: 'simulator', id: webhook.id };
      const webhooks = new WebhookRepository(dataSource);
      expect(await webhooks.list(key, 2)).toMatchObject([{ ...key, outcome: 'unknown_charge' }]);
      expect((await webhooks.find(key))?.body.toString()).toBe(webhook.body);
      expect(await webhooks.reopen({ chargeKey: keyOf(attempt) }, 2)).toEqual([key]);
    } finally {
      await dataSource.destroy();
    }
    await eventuallyIs(paymentId, 'SUCCEEDED');
    await eventuallyProcessed(attempt, 'inquired');
  });
});

describe('A webhook is rejected', () => {
  const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000);
  const good = simulatedWebhook('rejected:1');
  const signature = good.headers['simulator-signature'] ?? '';

  it.each<[string, Pick<SimulatedWebhook, 'body' | 'headers'>]>([
    ['without a signature', { ...good, headers: {} }],
    ['signed with another secret', simulatedWebhook('rejected:1', { secret: 'guessed' })],
    ['signed for another body', { ...good, body: `${good.body} ` }],
    [
      "with the signature in another provider's header",
      { ...good, headers: { 'stripe-signature': signature } },
    ],
    ['captured a day ago', simulatedWebhook('rejected:1', { at: minutesFromNow(-24 * 60) })],
    ['signed in the future', simulatedWebhook('rejected:1', { at: minutesFromNow(6) })],
    ['that is empty', simulatedWebhook('rejected:1', { body: '' })],
    ['that is not JSON', simulatedWebhook('rejected:1', { body: '{' })],
    ['with NUL in its ID', simulatedWebhook('rejected:1', { id: 'with\0NUL' })],
    ['with a key of 1,000 characters', simulatedWebhook('k'.repeat(1_000))],
  ])('%s: 400', async (_how, webhook) => {
    const storedBefore = await service.sql('SELECT FROM webhooks');
    expect(await deliver(webhook)).toBe(400);
    expect(await service.sql('SELECT FROM webhooks')).toHaveLength(storedBefore.length);
  });

  it('that is too large: 413', async () => {
    expect(await deliver(simulatedWebhook('rejected:1', { body: 'x'.repeat(300_000) }))).toBe(413);
  });

  it.each(['unheard-of', '__proto__', 'constructor', 'simulator%00', 'simulator%2F..'])(
    'from the provider %s, which is not configured: 404',
    async (provider) => expect(await deliver(good, { provider })).toBe(404),
  );

  it('from callers other than the gateway: 403, and 401 without a credential', async () => {
    expect(await deliver(good, { caller: 'order' })).toBe(403);
    const { status } = await fetch(`${service.url}/webhooks/simulator`, { method: 'POST', ...good });
    expect(status).toBe(401);
  });
});
