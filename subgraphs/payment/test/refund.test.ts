import { randomUUID } from 'node:crypto';
import { eventually } from '@shop/testkit/eventually';
import { newAttempt, type PaymentService, startPaymentService } from './support/payment-service';

let service: PaymentService;

beforeAll(async () => {
  service = await startPaymentService();
});
afterAll(() => service.stop());

const eventuallyIs = (paymentId: string, status: string) =>
  eventually(async () => expect(await service.statusOf(paymentId)).toBe(status));

const refundsOf = (orderId: string) =>
  service.sql<{ amount_cents: number }>(
    `SELECT refunds.amount_cents::int FROM simulator.refunds JOIN simulator.charges ON charges.key = charge_key
     WHERE order_id = $1`,
    [orderId],
  );

const dueAtOf = (paymentId: string) =>
  service.sql('SELECT due_at FROM refunds WHERE payment_id = $1', [paymentId]);

describe('refundPayment', () => {
  it('returns PENDING as soon as the refund is stored, and the charge is refunded', async () => {
    const attempt = newAttempt();
    const { paymentId } = await service.charge(attempt);
    expect(await service.refund(attempt.orderId)).toEqual({ outcome: 'PENDING' });
    await eventuallyIs(paymentId, 'REFUNDED');
    expect(await service.refund(attempt.orderId)).toEqual({ outcome: 'REFUNDED' });
    expect(await refundsOf(attempt.orderId)).toEqual([{ amount_cents: 4_200 }]);
    expect(await dueAtOf(paymentId)).toEqual([{ due_at: null }]);
  });

  it('makes one refund and one event when called 20 times concurrently', async () => {
    const attempt = newAttempt();
    const { paymentId } = await service.charge(attempt);
    await Promise.all(Array.from({ length: 20 }, () => service.refund(attempt.orderId)));
    await eventuallyIs(paymentId, 'REFUNDED');
    expect(await refundsOf(attempt.orderId)).toHaveLength(1);
    const published = () => service.subscriber.eventsOf(attempt.orderId).map(({ type }) => type);
    await eventually(() => expect(published().sort()).toEqual(['payment.refunded', 'payment.succeeded']));
  });

  it('returns NOTHING_TO_REFUND for an order without a charge', async () => {
    const declined = newAttempt({ paymentMethod: 'sim_declined' });
    await service.charge(declined);
    expect(await service.refund(declined.orderId)).toEqual({ outcome: 'NOTHING_TO_REFUND' });
    expect(await service.refund(randomUUID())).toEqual({ outcome: 'NOTHING_TO_REFUND' });
  });

  it('returns UPSTREAM_UNAVAILABLE while the payment is undecided', async () => {
    const attempt = newAttempt({ paymentMethod: 'sim_timeout' });
    const { paymentId } = await service.charge(attempt);
    await expect(service.refund(attempt.orderId)).rejects.toThrow('UPSTREAM_UNAVAILABLE');
    await eventuallyIs(paymentId, 'SUCCEEDED');
    expect(await service.refund(attempt.orderId)).toEqual({ outcome: 'PENDING' });
  });

  it('is made even if the process crashed after storing it', async () => {
    const attempt = newAttempt();
    const { paymentId } = await service.charge(attempt);
    await service.sql(
      `INSERT INTO refunds (payment_id, provider_key, due_at)
       SELECT id, 'refund:' || provider_key, now() FROM payments WHERE id = $1`,
      [paymentId],
    );
    await eventuallyIs(paymentId, 'REFUNDED');
    expect(await refundsOf(attempt.orderId)).toHaveLength(1);
  });

  it('makes a repeat of createPaymentIntent return FAILED', async () => {
    const attempt = newAttempt();
    const { paymentId } = await service.charge(attempt);
    await service.refund(attempt.orderId);
    await eventuallyIs(paymentId, 'REFUNDED');
    expect(await service.charge(attempt)).toMatchObject({ outcome: 'FAILED', failureCode: 'refunded' });
  });

  it('rejects callers other than the order subgraph', async () => {
    const query = 'mutation ($orderId: ID!) { refundPayment(orderId: $orderId) { outcome } }';
    const viewer = { userId: randomUUID(), role: 'ADMIN' as const };
    const { errors } = await service.execute(query, { orderId: randomUUID() }, { viewer });
    expect(errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  });
});

describe('Payment.refund', () => {
  /** Read by the owner of the payment with GraphQL. */
  async function refundOf(paymentId: string, userId: string) {
    const query = '{ payment(id: "ID") { status refund { status failureCode createdAt updatedAt } } }';
    const { data, errors } = await service.execute(
      query.replace('ID', paymentId),
      {},
      { viewer: { userId } },
    );
    expect(errors).toBeUndefined();
    return data?.payment as { status: string; refund: { status: string } | null } | null;
  }

  it.each([
    [
      'sim_refund_pending',
      [
        { status: 'SUCCEEDED', refund: 'PENDING' },
        { status: 'REFUNDED', refund: 'SUCCEEDED' },
      ],
    ],
    ['sim_refund_failed', [{ status: 'SUCCEEDED', refund: 'FAILED' }]],
  ])('with %s returns %j to the owner of the payment', async (paymentMethod, states) => {
    const attempt = newAttempt({ paymentMethod });
    const { paymentId } = await service.charge(attempt);
    expect(await refundOf(paymentId, attempt.userId)).toMatchObject({ status: 'SUCCEEDED', refund: null });
    await service.refund(attempt.orderId);
    for (const { status, refund } of states)
      await eventually(async () =>
        expect(await refundOf(paymentId, attempt.userId)).toMatchObject({
          status,
          refund: { status: refund },
        }),
      );
    expect(await refundOf(paymentId, randomUUID())).toBeNull();
  });
});
