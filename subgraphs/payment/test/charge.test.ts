import { randomUUID } from 'node:crypto';
import { eventually } from '@shop/testkit/eventually';
import { insertUnfinishedAttempt } from './support/unfinished-attempt';
import { newAttempt, type PaymentService, startPaymentService } from './support/payment-service';

let service: PaymentService;

beforeAll(async () => {
  service = await startPaymentService();
});
afterAll(() => service.stop());

const ledgerOf = (orderId: string) =>
  service.sql<{ outcome: string; amount_cents: string; currency: string }>(
    'SELECT outcome, amount_cents::int, currency FROM simulator.charges WHERE order_id = $1',
    [orderId],
  );

const dueAtOf = (paymentId: string) => service.sql('SELECT due_at FROM payments WHERE id = $1', [paymentId]);

const deliveredOf = (orderId: string) =>
  eventually(() => {
    const events = service.subscriber.eventsOf(orderId);
    expect(events).toHaveLength(1);
    return events[0];
  });

describe('createPaymentIntent', () => {
  it('charges, and publishes payment.succeeded', async () => {
    const attempt = newAttempt();
    const intent = await service.charge(attempt);
    expect(intent).toEqual({ paymentId: expect.any(String), outcome: 'SUCCEEDED', failureCode: null });
    expect(await service.statusOf(intent.paymentId)).toBe('SUCCEEDED');
    expect(await ledgerOf(attempt.orderId)).toEqual([
      { outcome: 'succeeded', amount_cents: 4_200, currency: 'EUR' },
    ]);
    expect(await dueAtOf(intent.paymentId)).toEqual([{ due_at: null }]);
    expect(await deliveredOf(attempt.orderId)).toMatchObject({
      specversion: '1.0',
      source: 'payment',
      type: 'payment.succeeded',
      subject: intent.paymentId,
      data: {
        paymentId: intent.paymentId,
        orderId: attempt.orderId,
        attempt: 1,
        amountCents: 4_200,
        currency: 'EUR',
        failureCode: null,
        sent: true,
      },
    });
  });

  it.each([
    ['sim_declined', 'card_declined'],
    ['sim_insufficient_funds', 'insufficient_funds'],
  ])('with %s fails with %s, and publishes payment.failed', async (paymentMethod, failureCode) => {
    const attempt = newAttempt({ paymentMethod });
    const intent = await service.charge(attempt);
    expect(intent).toMatchObject({ outcome: 'FAILED', failureCode });
    expect(await service.statusOf(intent.paymentId)).toBe('FAILED');
    expect(await deliveredOf(attempt.orderId)).toMatchObject({
      type: 'payment.failed',
      data: { failureCode, sent: true },
    });
  });

  it.each([
    ['sim_unavailable', 'provider_unavailable'],
    ['sim_sucess', 'unknown_payment_method'],
    ['no token \u0000', 'unknown_payment_method'],
    ['constructor', 'unknown_payment_method'],
    ['', 'unknown_payment_method'],
  ])('with %j charges nothing, and the order can be paid again', async (paymentMethod, failureCode) => {
    const attempt = newAttempt({ paymentMethod });
    const intent = await service.charge(attempt);
    expect(intent).toMatchObject({ outcome: 'NOT_SENT', failureCode });
    expect(await ledgerOf(attempt.orderId)).toEqual([]);
    expect(await deliveredOf(attempt.orderId)).toMatchObject({
      type: 'payment.failed',
      data: { failureCode, sent: false },
    });
    const next = await service.charge({ ...attempt, attempt: 2, paymentMethod: 'sim_success' });
    expect(next.outcome).toBe('SUCCEEDED');
  });

  it('with sim_not_possible charges nothing, returns NOT_POSSIBLE, and publishes payment.failed', async () => {
    const attempt = newAttempt({ paymentMethod: 'sim_not_possible' });
    const intent = await service.charge(attempt);
    expect(intent).toMatchObject({ outcome: 'NOT_POSSIBLE', failureCode: 'unpayable_amount' });
    expect(await service.charge(attempt)).toEqual(intent);
    expect(await service.statusOf(intent.paymentId)).toBe('FAILED');
    expect(await ledgerOf(attempt.orderId)).toMatchObject([{ outcome: 'cancelled' }]);
    expect(await deliveredOf(attempt.orderId)).toMatchObject({
      type: 'payment.failed',
      data: { failureCode: 'unpayable_amount', sent: false, permanent: true },
    });
  });

  it.each([0, 60])(
    'returns NOT_POSSIBLE for an attempt that was interrupted %d minutes ago, and publishes payment.failed',
    async (ageMinutes) => {
      const attempt = newAttempt({ paymentMethod: 'sim_not_possible' });
      const paymentId = await insertUnfinishedAttempt(service, attempt, { ageMinutes });
      expect(await deliveredOf(attempt.orderId)).toMatchObject({
        type: 'payment.failed',
        data: { failureCode: 'unpayable_amount', sent: false, permanent: true },
      });
      const failureCode = 'unpayable_amount';
      expect(await service.charge(attempt)).toEqual({ paymentId, outcome: 'NOT_POSSIBLE', failureCode });
    },
  );

  it.each(['sim_declined', 'sim_not_possible', 'sim_unavailable', 'sim_unheard_of', 'no token \u0000', null])(
    'for an amount of 0 with the payment method %j succeeds and is refunded without a provider',
    async (paymentMethod) => {
      const attempt = newAttempt({ amountCents: 0, paymentMethod });
      const intent = await service.charge(attempt);
      expect(intent).toEqual({ paymentId: expect.any(String), outcome: 'SUCCEEDED', failureCode: null });
      expect(await service.charge(attempt)).toEqual(intent);
      expect(await deliveredOf(attempt.orderId)).toMatchObject({
        type: 'payment.succeeded',
        data: { amountCents: 0, sent: true },
      });
      const row = 'SELECT provider, payment_method FROM payments WHERE id = $1';
      expect(await service.sql(row, [intent.paymentId])).toEqual([
        { provider: 'none', payment_method: null },
      ]);
      expect(await dueAtOf(intent.paymentId)).toEqual([{ due_at: null }]);

      expect(await service.refund(attempt.orderId)).toEqual({ outcome: 'PENDING' });
      await eventually(async () => expect(await service.statusOf(intent.paymentId)).toBe('REFUNDED'));
      expect(await ledgerOf(attempt.orderId)).toEqual([]);
    },
  );

  it('returns the current state for a repeated attempt, and charges nothing', async () => {
    const attempt = newAttempt();
    const first = await service.charge(attempt);
    expect(await service.charge(attempt)).toEqual(first);
    expect(await ledgerOf(attempt.orderId)).toHaveLength(1);
    await deliveredOf(attempt.orderId);
  });

  it('does not charge an attempt that is in progress', async () => {
    const attempt = newAttempt();
    const paymentId = await insertUnfinishedAttempt(service, attempt, { dueInMinutes: 5 });
    expect(await service.charge(attempt)).toEqual({ paymentId, outcome: 'UNDECIDED', failureCode: null });
    expect(await ledgerOf(attempt.orderId)).toEqual([]);
  });

  it('charges once when called 20 times concurrently for one attempt', async () => {
    const attempt = newAttempt();
    const intents = await Promise.all(Array.from({ length: 20 }, () => service.charge(attempt)));
    expect(new Set(intents.map((intent) => intent.paymentId)).size).toBe(1);
    for (const { outcome } of intents) expect(['SUCCEEDED', 'UNDECIDED']).toContain(outcome);
    expect(await service.charge(attempt)).toMatchObject({ outcome: 'SUCCEEDED' });
    expect(await ledgerOf(attempt.orderId)).toHaveLength(1);
  });

  it('charges once when called concurrently for 20 attempts of one order', async () => {
    const orderId = randomUUID();
    const attempts = Array.from({ length: 20 }, (_, index) => newAttempt({ orderId, attempt: index + 1 }));
    const results = await Promise.allSettled(attempts.map((attempt) => service.charge(attempt)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await ledgerOf(orderId)).toHaveLength(1);
  });

  it('rejects a second attempt while the first is charged or undecided', async () => {
    const charged = newAttempt();
    await service.charge(charged);
    await expect(service.charge({ ...charged, attempt: 2 })).rejects.toThrow('ORDER_STATE_CONFLICT');
    const undecided = newAttempt({ paymentMethod: 'sim_processing' });
    await service.charge(undecided);
    await expect(service.charge({ ...undecided, attempt: 2 })).rejects.toThrow('ORDER_STATE_CONFLICT');
  });

  it('rejects an existing attempt with another amount, currency or owner', async () => {
    const attempt = newAttempt();
    await service.charge(attempt);
    for (const change of [{ amountCents: 1 }, { currency: 'USD' }, { userId: randomUUID() }]) {
      await expect(service.charge({ ...attempt, ...change })).rejects.toThrow('IDEMPOTENCY_CONFLICT');
    }
  });

  it('rejects invalid UUIDs and negative amounts', async () => {
    for (const change of [{ orderId: 'x' }, { userId: '' }, { attempt: 0 }, { amountCents: -1 }]) {
      await expect(service.charge(newAttempt(change))).rejects.toThrow('BAD_USER_INPUT');
    }
  });

  it('rejects callers other than the order subgraph', async () => {
    const query = `mutation ($input: CreatePaymentIntentInput!) { createPaymentIntent(input: $input) { outcome } }`;
    const viewer = { userId: randomUUID(), role: 'ADMIN' as const };
    for (const caller of ['gateway', 'product', 'user']) {
      const { errors } = await service.execute(query, { input: newAttempt() }, { caller, viewer });
      expect(errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
    }
  });

  it.each([
    ['0', { outcome: 'FAILED', failureCode: 'card_declined' }],
    ['1', { outcome: 'SUCCEEDED', failureCode: null }],
  ])('without a payment method applies the success rate: %s', async (rate, expected) => {
    const other = await startPaymentService({ PAYMENT_SIMULATOR_SUCCESS_RATE: rate });
    try {
      expect(await other.charge(newAttempt({ paymentMethod: null }))).toMatchObject(expected);
    } finally {
      await other.stop();
    }
  });
});

describe('The event of a decision', () => {
  it('is retried while the order subgraph is unavailable', async () => {
    const attempt = newAttempt();
    service.subscriber.isUnavailable = true;
    try {
      expect(await service.charge(attempt)).toMatchObject({ outcome: 'SUCCEEDED' });
      await eventually(async () => {
        const waiting = await service.sql(
          `SELECT subscriber, failures FROM event_deliveries WHERE event #>> '{data,orderId}' = $1`,
          [attempt.orderId],
        );
        expect(waiting).toEqual([{ subscriber: 'order', failures: 0 }]);
      });
    } finally {
      service.subscriber.isUnavailable = false;
    }
    await deliveredOf(attempt.orderId);
  });
});
