import { withClient } from '@shop/local-stack/postgres';
import { eventually } from '@shop/testkit/eventually';
import { serviceCredential } from '@shop/testkit/keys';
import { simulatedWebhook, webhookSecret } from '@shop/testkit/webhooks';
import { insertUnfinishedAttempt } from './support/unfinished-attempt';
import { operate } from './support/operate';
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

const run = (...args: string[]) => operate(service.databaseUrl, ['payments', ...args]);

const settle = (paymentId: string, as: string, ...more: string[]) =>
  run('settle', paymentId, '--as', as, '--reason', 'checked by telephone', ...more);

/** An attempt whose next inquiry is due in an hour. */
async function undecidedAttempt() {
  const attempt = newAttempt();
  const paymentId = await insertUnfinishedAttempt(service, attempt, { dueInMinutes: 60 });
  return { attempt, paymentId };
}

async function belongsTo(provider: string) {
  const left = await undecidedAttempt();
  await service.sql('UPDATE payments SET provider = $2 WHERE id = $1', [left.paymentId, provider]);
  return left;
}

const keyOf = ({ orderId, attempt }: Attempt) => `${orderId}:${attempt}`;

const chargeAtProvider = (attempt: Attempt) =>
  service.sql(
    `INSERT INTO simulator.charges (key, order_id, amount_cents, currency, outcome, settles_at)
     VALUES ($1, $2, $3, $4, 'succeeded', now())`,
    [keyOf(attempt), attempt.orderId, attempt.amountCents, attempt.currency],
  );

const chargesOf = async ({ orderId }: Attempt) => {
  const rows = await service.sql<{ outcome: string }>(
    'SELECT outcome FROM simulator.charges WHERE order_id = $1',
    [orderId],
  );
  return rows.map(({ outcome }) => outcome);
};

/** The number of tries to close its key, and whether it must still be closed. */
const keyClosingOf = async (paymentId: string) => {
  const sql = `SELECT due_tries AS tries, due_at IS NOT NULL AS "isDue" FROM settlements WHERE payment_id = $1`;
  const [closing] = await service.sql<{ tries: number; isDue: boolean }>(sql, [paymentId]);
  return closing;
};

async function deliverWebhook(attempt: Attempt): Promise<number> {
  const { body, headers } = simulatedWebhook(keyOf(attempt));
  const credential = serviceCredential('gateway', 'payment');
  const response = await fetch(`${service.url}/webhooks/simulator`, {
    method: 'POST',
    headers: { ...headers, 'x-service-authorization': `Bearer ${credential}` },
    body,
  });
  return response.status;
}

const eventuallyIs = (paymentId: string, status: string) =>
  eventually(async () => expect(await service.statusOf(paymentId)).toBe(status));

describe('payments settle --as failed', () => {
  it('closes the key at the provider, stores the reason, publishes the event, and rejects a second settlement', async () => {
    const { attempt, paymentId } = await undecidedAttempt();
    expect(await settle(paymentId, 'failed')).toMatchObject({
      code: 0,
      lines: [{ paymentId, status: 'FAILED', failureCode: 'settled_by_operator' }],
    });
    expect(await chargesOf(attempt)).toEqual(['cancelled']);
    expect(await service.sql('SELECT due_at FROM payments WHERE id = $1', [paymentId])).toEqual([
      { due_at: null },
    ]);
    expect(await keyClosingOf(paymentId)).toEqual({ tries: 0, isDue: false });
    const event = { settledBy: 'operator', reason: 'checked by telephone', sent: true };
    await eventually(() =>
      expect(service.subscriber.eventsOf(attempt.orderId)).toMatchObject([
        { type: 'payment.failed', data: event },
      ]),
    );
    const shown = await run('show', paymentId);
    expect(shown.lines).toMatchObject([
      {
        status: 'FAILED',
        settlement: { settledAs: 'FAILED', reason: 'checked by telephone', askedProvider: true },
      },
    ]);
    expect(await settle(paymentId, 'succeeded')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is already decided: it is FAILED') as string,
    });
  });

  it('is rejected if the provider has charged: the error says to settle it as succeeded', async () => {
    const { attempt, paymentId } = await undecidedAttempt();
    await chargeAtProvider(attempt);
    const { code, stderr } = await settle(paymentId, 'failed');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('simulator has charged it. Settle it with --as succeeded') as string,
    });
    expect(await service.statusOf(paymentId)).toBe('PENDING');
    expect(await settle(paymentId, 'succeeded')).toMatchObject({ code: 0 });
    expect(await service.statusOf(paymentId)).toBe('SUCCEEDED');
  });

  it('--without-provider makes the service close the key, so that nothing is charged later', async () => {
    const { attempt, paymentId } = await undecidedAttempt();
    expect(await settle(paymentId, 'failed', '--without-provider')).toMatchObject({ code: 0 });
    await eventually(async () => expect(await chargesOf(attempt)).toEqual(['cancelled']));
    await eventually(async () => expect(await keyClosingOf(paymentId)).toEqual({ tries: 0, isDue: false }));
    expect(await service.statusOf(paymentId)).toBe('FAILED');
  });

  it('--without-provider refunds a charge whose webhook was processed while the provider did not respond', async () => {
    const { attempt, paymentId } = await undecidedAttempt();
    // The simulator throws for another amount with the same key.
    await chargeAtProvider({ ...attempt, amountCents: 1 });
    expect(await deliverWebhook(attempt)).toBe(204);
    await eventuallyIs(paymentId, 'UNKNOWN');
    await eventually(async () =>
      expect(
        await service.sql('SELECT outcome FROM webhooks WHERE charge_key = $1', [keyOf(attempt)]),
      ).toEqual([{ outcome: 'inquired' }]),
    );
    expect(await settle(paymentId, 'failed', '--without-provider')).toMatchObject({ code: 0 });
    await eventually(async () => {
      const closing = await keyClosingOf(paymentId);
      expect(closing?.isDue).toBe(true);
      expect(closing?.tries).toBeGreaterThan(1);
    });
    await service.sql('UPDATE simulator.charges SET amount_cents = $2 WHERE key = $1', [
      keyOf(attempt),
      attempt.amountCents,
    ]);
    await eventuallyIs(paymentId, 'REFUNDED');
    const refunds = await service.sql('SELECT FROM simulator.refunds WHERE charge_key = $1', [
      keyOf(attempt),
    ]);
    expect(refunds).toHaveLength(1);
  });
});

describe('payments settle --as succeeded', () => {
  it('is rejected if the provider has no charge, unless --without-provider is set', async () => {
    const { attempt, paymentId } = await undecidedAttempt();
    expect(await settle(paymentId, 'succeeded')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('simulator has no charge for it') as string,
    });
    expect(await settle(paymentId, 'succeeded', '--without-provider')).toMatchObject({ code: 0 });
    await eventually(() =>
      expect(service.subscriber.eventsOf(attempt.orderId)).toMatchObject([
        { type: 'payment.succeeded', data: { settledBy: 'operator' } },
      ]),
    );
  });

  it('--without-provider closes the key: a customer who authenticates later is not charged', async () => {
    const attempt = newAttempt({ paymentMethod: 'sim_requires_action' });
    const { paymentId } = await service.charge(attempt);
    const { nextAction } = await service.nextActionOf(paymentId, { userId: attempt.userId });
    expect(await settle(paymentId, 'succeeded', '--without-provider')).toMatchObject({ code: 0 });
    await eventually(async () => expect(await chargesOf(attempt)).toEqual(['cancelled']));
    await service.authenticate(nextAction!.clientSecret, 'SUCCEEDED');
    expect(await chargesOf(attempt)).toEqual(['cancelled']);
    expect(await service.statusOf(paymentId)).toBe('SUCCEEDED');
  });
});

describe('payments settle', () => {
  it('requires --without-provider if the provider is not configured', async () => {
    const { paymentId } = await belongsTo('stripe');
    expect(await settle(paymentId, 'failed')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('stripe is not configured for this command') as string,
    });
    expect(await service.statusOf(paymentId)).toBe('PENDING');
    expect(await settle(paymentId, 'failed', '--without-provider')).toMatchObject({ code: 0 });
  });

  it('changes nothing if the service decides the payment first, and reports it', async () => {
    const { paymentId } = await undecidedAttempt();
    await withClient(service.databaseUrl, async (client) => {
      await client.query('BEGIN');
      await client.query(`UPDATE payments SET status = 'SUCCEEDED', due_at = NULL WHERE id = $1`, [
        paymentId,
      ]);
      const settling = settle(paymentId, 'failed', '--without-provider');
      await eventually(async () =>
        expect(
          await service.sql(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'
            AND datname = current_database() AND query LIKE '/* PaymentRepository.decide */%'`),
        ).toHaveLength(1),
      );
      await client.query('COMMIT');
      expect(await settling).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(
          'was decided by the service at the same time: it is SUCCEEDED',
        ) as string,
      });
    });
    expect(await service.sql('SELECT FROM settlements WHERE payment_id = $1', [paymentId])).toEqual([]);
  });

  it.each([
    [['--as', 'failed'], '--reason'],
    [['--as', 'failed', '--reason', ' '], '--reason'],
    [['--as', 'failed', '--reason', 'two\nlines'], '--reason'],
    [['--as', 'failed', '--reason', 'x'.repeat(201)], '--reason'],
    [['--as', 'refunded', '--reason', 'x'], '--as'],
    [['--to', 'failed'], 'Options: --as <value>, --reason <value>, --without-provider.'],
  ])('rejects %j', async (args, named) => {
    const { paymentId } = await undecidedAttempt();
    expect(await run('settle', paymentId, ...args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(named) as string,
    });
    expect(await service.statusOf(paymentId)).toBe('PENDING');
  });
});

describe('payments list', () => {
  it('prints the undecided payments of a provider, newest first', async () => {
    const decided = await service.charge(newAttempt());
    const first = await belongsTo('elsewhere');
    const second = await belongsTo('elsewhere');
    const { lines } = await run('list', '--undecided', '--provider', 'elsewhere');
    expect(lines.map(({ paymentId }) => paymentId as string)).toEqual([second.paymentId, first.paymentId]);
    const all = await run('list');
    expect(all.lines.map(({ paymentId }) => paymentId as string)).toContain(decided.paymentId);
  });
});
