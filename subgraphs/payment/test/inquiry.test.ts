import { eventually } from '@shop/testkit/eventually';
import { insertUnfinishedAttempt } from './support/unfinished-attempt';
import { newAttempt, type PaymentService, startPaymentService } from './support/payment-service';

let service: PaymentService;

beforeAll(async () => {
  service = await startPaymentService();
});
afterAll(() => service.stop());

const chargesOf = async (orderId: string) => {
  const rows = await service.sql<{ outcome: string }>(
    'SELECT outcome FROM simulator.charges WHERE order_id = $1',
    [orderId],
  );
  return rows.map((row) => row.outcome);
};

const eventuallyIs = (paymentId: string, status: string) =>
  eventually(async () => expect(await service.statusOf(paymentId)).toBe(status));

const eventTypesOf = (orderId: string) =>
  eventually(() => {
    const events = service.subscriber.eventsOf(orderId);
    expect(events).not.toEqual([]);
    return events.map(({ type, data }) => ({ type, ...('sent' in data ? { sent: data.sent } : {}) }));
  });

const dueAtOf = (paymentId: string) => service.sql('SELECT due_at FROM payments WHERE id = $1', [paymentId]);

describe('An attempt that the provider is processing', () => {
  it('is PENDING, then SUCCEEDED, and payment.succeeded is published', async () => {
    const attempt = newAttempt({ paymentMethod: 'sim_processing' });
    const { paymentId, outcome } = await service.charge(attempt);
    expect(outcome).toBe('UNDECIDED');
    expect(await service.statusOf(paymentId)).toBe('PENDING');
    await eventuallyIs(paymentId, 'SUCCEEDED');
    expect(await eventTypesOf(attempt.orderId)).toEqual([{ type: 'payment.succeeded', sent: true }]);
    expect(await dueAtOf(paymentId)).toEqual([{ due_at: null }]);
    expect(await service.charge(attempt)).toMatchObject({ paymentId, outcome: 'SUCCEEDED' });
  });
});

describe('An attempt whose response was lost', () => {
  it('is UNKNOWN, then SUCCEEDED, with one charge at the provider', async () => {
    const attempt = newAttempt({ paymentMethod: 'sim_timeout' });
    const { paymentId, outcome } = await service.charge(attempt);
    expect(outcome).toBe('UNDECIDED');
    expect(await service.statusOf(paymentId)).toBe('UNKNOWN');
    await eventuallyIs(paymentId, 'SUCCEEDED');
    expect(await chargesOf(attempt.orderId)).toEqual(['succeeded']);
    expect(await eventTypesOf(attempt.orderId)).toEqual([{ type: 'payment.succeeded', sent: true }]);
  });
});

describe('An attempt whose process crashed before the provider was called', () => {
  it('is charged under the same key', async () => {
    const attempt = newAttempt();
    const paymentId = await insertUnfinishedAttempt(service, attempt);
    await eventuallyIs(paymentId, 'SUCCEEDED');
    const charges = await service.sql('SELECT key FROM simulator.charges WHERE order_id = $1', [
      attempt.orderId,
    ]);
    expect(charges).toEqual([{ key: `${attempt.orderId}:1` }]);
  });

  it('is declined if the payment method is declined', async () => {
    const attempt = newAttempt({ paymentMethod: 'sim_declined' });
    const paymentId = await insertUnfinishedAttempt(service, attempt);
    await eventuallyIs(paymentId, 'FAILED');
    expect(await eventTypesOf(attempt.orderId)).toEqual([{ type: 'payment.failed', sent: true }]);
  });

  it('is closed as not sent if the provider rejects it, and its key is never charged', async () => {
    const attempt = newAttempt({ paymentMethod: 'sim_unavailable' });
    const paymentId = await insertUnfinishedAttempt(service, attempt);
    await eventuallyIs(paymentId, 'FAILED');
    expect(await eventTypesOf(attempt.orderId)).toEqual([{ type: 'payment.failed', sent: false }]);
    expect(await chargesOf(attempt.orderId)).toEqual(['cancelled']);
  });

  it('is not charged after ten minutes', async () => {
    const attempt = newAttempt();
    const paymentId = await insertUnfinishedAttempt(service, attempt, { ageMinutes: 11 });
    await eventuallyIs(paymentId, 'FAILED');
    expect(await chargesOf(attempt.orderId)).toEqual(['cancelled']);
    expect(await service.charge({ ...attempt, attempt: 2 })).toMatchObject({ outcome: 'SUCCEEDED' });
  });
});

describe('An attempt whose process crashed after the provider had charged', () => {
  it('is SUCCEEDED, even after ten minutes, and not charged again', async () => {
    const attempt = newAttempt();
    await service.sql(
      `INSERT INTO simulator.charges (key, order_id, amount_cents, currency, outcome, settles_at)
       VALUES ($1, $2, $3, $4, 'succeeded', now())`,
      [`${attempt.orderId}:1`, attempt.orderId, attempt.amountCents, attempt.currency],
    );
    const paymentId = await insertUnfinishedAttempt(service, attempt, { ageMinutes: 11 });
    await eventuallyIs(paymentId, 'SUCCEEDED');
    expect(await chargesOf(attempt.orderId)).toEqual(['succeeded']);
  });
});
