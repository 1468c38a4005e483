import { randomUUID } from 'node:crypto';
import { eventually } from '@shop/testkit/eventually';
import { newAttempt, type PaymentService, startPaymentService } from './support/payment-service';

let service: PaymentService;
let shortLimitService: PaymentService;

beforeAll(async () => {
  service = await startPaymentService();
  shortLimitService = await startPaymentService({ PAYMENT_ACTION_SECONDS: '1' });
});
afterAll(async () => {
  await service.stop();
  await shortLimitService.stop();
});

async function beginAction(at = service) {
  const attempt = newAttempt({
    paymentMethod: 'sim_requires_action',
    returnUrl: 'https://shop.example/back',
  });
  const { paymentId, outcome } = await at.charge(attempt);
  expect(outcome).toBe('UNDECIDED');
  const { nextAction } = await at.nextActionOf(paymentId, { userId: attempt.userId });
  return { attempt, paymentId, clientSecret: nextAction?.clientSecret ?? '' };
}

const rowOf = async (paymentId: string, at = service) => {
  const [row] = await at.sql<{ status: string; code: string | null; returnUrl: string | null }>(
    'SELECT status, failure_code AS code, return_url AS "returnUrl" FROM payments WHERE id = $1',
    [paymentId],
  );
  return row;
};

const eventuallyIs = (paymentId: string, status: string, at = service) =>
  eventually(async () => expect(await at.statusOf(paymentId)).toBe(status));

const eventsOf = (orderId: string, at = service) =>
  eventually(() => {
    const events = at.subscriber.eventsOf(orderId);
    expect(events).not.toEqual([]);
    return events.map(({ type, data }) => ({ type, ...('sent' in data ? { sent: data.sent } : {}) }));
  });

const chargesOf = async (orderId: string, at = service) => {
  const sql = 'SELECT outcome FROM simulator.charges WHERE order_id = $1';
  return (await at.sql<{ outcome: string }>(sql, [orderId])).map(({ outcome }) => outcome);
};

describe('A payment whose customer must authenticate', () => {
  it('is REQUIRES_ACTION, and returns nextAction to its customer only', async () => {
    const { attempt, paymentId, clientSecret } = await beginAction();
    expect(await rowOf(paymentId)).toMatchObject({ status: 'REQUIRES_ACTION' });
    const { nextAction } = await service.nextActionOf(paymentId, { userId: attempt.userId });
    expect(nextAction).toEqual({ type: 'simulated_authentication', clientSecret, redirectUrl: null });
    for (const viewer of [{ userId: randomUUID(), role: 'ADMIN' as const }, { userId: randomUUID() }]) {
      const seen = await service.nextActionOf(paymentId, viewer);
      expect(seen).toEqual({ nextAction: null, errorPath: undefined });
    }
  });

  it('succeeds once the customer has authenticated, and then has no nextAction', async () => {
    const { attempt, paymentId, clientSecret } = await beginAction();
    expect(await service.authenticate(clientSecret, 'SUCCEEDED')).toBe('SimulateAuthenticationPayload');
    await eventually(async () => {
      const { nextAction } = await service.nextActionOf(paymentId, { userId: attempt.userId });
      expect(nextAction).toBeNull();
    });
    await eventuallyIs(paymentId, 'SUCCEEDED');
    expect(await rowOf(paymentId)).toMatchObject({ returnUrl: null });
    expect(await eventsOf(attempt.orderId)).toEqual([{ type: 'payment.succeeded', sent: true }]);
    expect(await service.charge(attempt)).toMatchObject({ paymentId, outcome: 'SUCCEEDED' });
  });

  it('fails with authentication_failed if the customer fails to authenticate', async () => {
    const { attempt, paymentId, clientSecret } = await beginAction();
    await service.authenticate(clientSecret, 'FAILED');
    await eventuallyIs(paymentId, 'FAILED');
    expect(await rowOf(paymentId)).toMatchObject({ code: 'authentication_failed' });
    expect(await eventsOf(attempt.orderId)).toEqual([{ type: 'payment.failed', sent: true }]);
  });

  it('is the only live payment of its order', async () => {
    const { attempt } = await beginAction();
    await expect(service.charge({ ...attempt, attempt: 2 })).rejects.toThrow('ORDER_STATE_CONFLICT');
    await expect(service.refund(attempt.orderId)).rejects.toThrow('UPSTREAM_UNAVAILABLE');
  });

  it('is not counted as failing work, however long it waits', async () => {
    const { paymentId } = await beginAction();
    await service.sql('UPDATE payments SET due_tries = 9, due_at = now() WHERE id = $1', [paymentId]);
    await eventually(async () =>
      expect(await service.sql('SELECT status, due_tries FROM payments WHERE id = $1', [paymentId])).toEqual([
        { status: 'REQUIRES_ACTION', due_tries: 0 },
      ]),
    );
  });

  it('does not store its client secret in any table', async () => {
    const { clientSecret } = await beginAction();
    const tables = await service.sql<{ name: string }>(
      `SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables
       WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'`,
    );
    expect(tables.map(({ name }) => name)).toContain('simulator.charges');
    const [, signature = ''] = clientSecret.split('_secret_');
    expect(signature).toHaveLength(64);
    for (const { name } of tables) {
      const sql = `SELECT FROM ${name} AS row WHERE row::text LIKE '%' || $1 || '%'`;
      expect({ name, rows: await service.sql(sql, [signature]) }).toEqual({ name, rows: [] });
    }
  });
});

describe('A customer who does not authenticate within PAYMENT_ACTION_SECONDS', () => {
  it('has a FAILED payment, after its key was closed at the provider', async () => {
    const { attempt, paymentId, clientSecret } = await beginAction(shortLimitService);
    await eventuallyIs(paymentId, 'FAILED', shortLimitService);
    expect(await rowOf(paymentId, shortLimitService)).toEqual({
      status: 'FAILED',
      code: 'authentication_abandoned',
      returnUrl: null,
    });
    expect(await chargesOf(attempt.orderId, shortLimitService)).toEqual(['cancelled']);
    expect(await eventsOf(attempt.orderId, shortLimitService)).toEqual([
      { type: 'payment.failed', sent: true },
    ]);
    expect(await shortLimitService.authenticate(clientSecret, 'SUCCEEDED')).toBe('AuthenticationEnded');
    expect(await chargesOf(attempt.orderId, shortLimitService)).toEqual(['cancelled']);
    const next = await shortLimitService.charge({ ...attempt, attempt: 2, paymentMethod: 'sim_success' });
    expect(next.outcome).toBe('SUCCEEDED');
  });
});

describe('simulateAuthentication', () => {
  it('is idempotent for the same outcome, and returns AuthenticationEnded for another one', async () => {
    const { clientSecret } = await beginAction();
    await service.authenticate(clientSecret, 'FAILED');
    expect(await service.authenticate(clientSecret, 'FAILED')).toBe('SimulateAuthenticationPayload');
    expect(await service.authenticate(clientSecret, 'SUCCEEDED')).toBe('AuthenticationEnded');
  });

  it('returns PaymentNotFound for an unknown client secret', async () => {
    const { attempt, clientSecret } = await beginAction();
    const forged = clientSecret.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    for (const secret of ['', 'pi_1_secret_2', forged, `${attempt.orderId}:1_secret_${'0'.repeat(64)}`])
      expect(await service.authenticate(secret, 'SUCCEEDED')).toBe('PaymentNotFound');
  });

  it('requires a login', async () => {
    const query = `mutation { simulateAuthentication(input: { clientSecret: "x", outcome: FAILED }) { __typename } }`;
    const { errors } = await service.execute(query);
    expect(errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
  });
});
