import { withClient } from '@shop/local-stack/postgres';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { graphql } from '@shop/testkit/http';
import { serviceCredential } from '@shop/testkit/keys';
import { type OrderSubscriber, startOrderSubscriber } from './support/order-subscriber';
import { type PaymentProcess, startPaymentProcess } from './support/payment-process';
import { type Attempt, newAttempt } from './support/payment-service';

let database: TestDatabase;
let subscriber: OrderSubscriber;
let running: PaymentProcess;

beforeAll(async () => {
  database = await cloneDatabase('payment');
  subscriber = await startOrderSubscriber();
});
afterEach(() => running.kill());
afterAll(async () => {
  await subscriber.stop();
  await database.drop();
});

const sql = <Row>(text: string): Promise<Row[]> =>
  withClient(database.url, async (client) => (await client.query(text)).rows as Row[]);

const count = async (from: string): Promise<number> => {
  const [row] = await sql<{ count: number }>(`SELECT count(*)::int AS count FROM ${from}`);
  return row?.count ?? 0;
};

/** The outcome, or undefined without a response. */
async function send(mutation: string, variables: Record<string, unknown>): Promise<string | undefined> {
  const headers = { 'x-service-authorization': `Bearer ${serviceCredential('order', 'payment')}` };
  const result = graphql(running.url)<{ result: { outcome: string } }>(mutation, { variables, headers });
  return result.then(
    ({ body }) => body.data?.result.outcome,
    () => undefined,
  );
}

const charge = (attempt: Attempt) =>
  send(
    'mutation ($input: CreatePaymentIntentInput!) { result: createPaymentIntent(input: $input) { outcome } }',
    { input: attempt },
  );

const refund = ({ orderId }: Attempt) =>
  send('mutation ($orderId: ID!) { result: refundPayment(orderId: $orderId) { outcome } }', { orderId });

describe('A payment process that is killed while it charges', () => {
  it('decides every attempt, charges each at most once, and publishes each outcome', async () => {
    const methods = [
      ...['sim_success', 'sim_declined', 'sim_timeout', 'sim_processing', 'sim_unavailable'],
      'sim_not_possible',
      // Never authenticated: closed at the time limit.
      'sim_requires_action',
    ];
    const attempts = Array.from({ length: 200 }, (_, index) =>
      newAttempt({
        paymentMethod: methods[index % methods.length] ?? null,
        ...(index % 10 === 9 && { amountCents: 0 }),
      }),
    );
    running = await startPaymentProcess(database.url, subscriber.url, { PAYMENT_ACTION_SECONDS: '3' });
    let settledCalls = 0;
    const results = attempts.map((attempt) => charge(attempt).finally(() => (settledCalls += 1)));
    await eventually(() => expect(settledCalls).toBeGreaterThan(10), { intervalMs: 1 });
    await running.kill();
    const outcomes = await Promise.all(results);
    expect(outcomes).toContain(undefined);

    running = await startPaymentProcess(database.url, subscriber.url, { PAYMENT_ACTION_SECONDS: '3' });
    await eventually(
      async () => {
        expect(await count(`payments WHERE status IN ('PENDING', 'UNKNOWN', 'REQUIRES_ACTION')`)).toBe(0);
        expect(await count('event_deliveries')).toBe(0);
      },
      // Longer than the lease of the deliveries that the killed process had claimed, 30 s.
      { timeoutMs: 60_000, intervalMs: 200 },
    );

    const disagreeing = await sql(
      `SELECT * FROM payments FULL JOIN simulator.charges ON key = provider_key
       WHERE provider IS DISTINCT FROM 'none'
         AND (payments.status = 'SUCCEEDED') IS DISTINCT FROM coalesce(charges.outcome = 'succeeded', false)`,
    );
    expect(disagreeing).toEqual([]);
    expect(await count(`payments WHERE amount_cents = 0 AND status <> 'SUCCEEDED'`)).toBe(0);
    const payments = await sql<{ orderId: string; type: string }>(
      `SELECT order_id AS "orderId",
              CASE status WHEN 'SUCCEEDED' THEN 'payment.succeeded' ELSE 'payment.failed' END AS type
       FROM payments`,
    );
    for (const { orderId, type } of payments) {
      const published = new Set(subscriber.eventsOf(orderId).map((event) => event.type));
      expect([...published]).toEqual([type]);
    }
  });
});

describe('A payment process that is killed while it refunds', () => {
  it('finishes every refund, refunds each charge at most once, and publishes each outcome', async () => {
    const endOf: Record<string, string> = {
      sim_success: 'SUCCEEDED',
      sim_refund_pending: 'SUCCEEDED',
      sim_refund_failed: 'FAILED',
    };
    const methods = Object.keys(endOf);
    const attempts = Array.from({ length: 60 }, (_, index) =>
      newAttempt({ paymentMethod: methods[index % methods.length] ?? null }),
    );
    running = await startPaymentProcess(database.url, subscriber.url);
    await Promise.all(attempts.map(charge));
    const results = attempts.map(refund);
    await eventually(async () => expect(await count('simulator.refunds')).toBeGreaterThan(5), {
      intervalMs: 1,
    });
    await running.kill();
    await Promise.all(results);

    running = await startPaymentProcess(database.url, subscriber.url);
    // Some requests never arrived: the order subgraph repeats them.
    await Promise.all(attempts.map(refund));
    await eventually(
      async () => {
        expect(await count(`refunds WHERE status = 'PENDING'`)).toBe(0);
        expect(await count('event_deliveries')).toBe(0);
      },
      { timeoutMs: 60_000, intervalMs: 200 },
    );

    const ends = await sql<{
      orderId: string;
      method: string;
      payment: string;
      refund: string;
      made: number;
    }>(
      `SELECT order_id AS "orderId", payment_method AS method, payments.status AS payment, refunds.status AS refund,
              (SELECT count(*)::int FROM simulator.refunds AS made WHERE charge_key = payments.provider_key) AS made
         FROM refunds JOIN payments ON payments.id = payment_id`,
    );
    expect(ends).toHaveLength(attempts.length);
    for (const { orderId, method, payment, refund: status, made } of ends) {
      expect({ method, status, made }).toEqual({ method, status: endOf[method], made: 1 });
      expect(payment).toBe(status === 'SUCCEEDED' ? 'REFUNDED' : 'SUCCEEDED');
      const announced = new Set(subscriber.eventsOf(orderId).map(({ type }) => type));
      const end = status === 'SUCCEEDED' ? 'payment.refunded' : 'payment.refund_failed';
      expect([...announced].sort()).toEqual([end, 'payment.succeeded'].sort());
    }
  });
});
