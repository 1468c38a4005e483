import { operate } from './support/operate';
import { newAttempt, type PaymentService, startPaymentService } from './support/payment-service';
import { type StripeServer, startStripeServer } from './support/stripe-server';

let live: StripeServer;
let other: StripeServer;
let service: PaymentService;

beforeAll(async () => {
  [live, other] = await Promise.all([startStripeServer(), startStripeServer()]);
  service = await startPaymentService({ PAYMENT_PROVIDER: 'stripe', ...settingsOf(live) });
});
afterAll(async () => {
  await service.stop();
  await Promise.all([live.stop(), other.stop()]);
});

const settingsOf = ({ secretKey, url }: StripeServer) => ({
  STRIPE_SECRET_KEY: secretKey,
  STRIPE_WEBHOOK_SECRET: 'whsec_of_the_test',
  STRIPE_API_URL: url,
});

const settle = (paymentId: string, as: string, settings: Record<string, string>) =>
  operate(
    service.databaseUrl,
    ['payments', 'settle', paymentId, '--as', as, '--reason', 'checked by telephone'],
    settings,
  );

/**
 * A payment that is undecided until its customer authenticates. It is not due, so that the service
 * cannot decide it between the operator's cancellation and record.
 */
async function waitingPayment() {
  const { paymentId } = await service.charge(newAttempt({ paymentMethod: 'pm_card_authenticationRequired' }));
  expect(await service.statusOf(paymentId)).toBe('REQUIRES_ACTION');
  await service.sql(`UPDATE payments SET due_at = now() + interval '1 hour' WHERE id = $1`, [paymentId]);
  return paymentId;
}

describe('payments settle with credentials that the service does not use', () => {
  it.each(['failed', 'succeeded'])('--as %s is rejected without a provider call', async (as) => {
    const paymentId = await waitingPayment();
    const requests = other.requests.length;
    const ofOtherMode = { ...settingsOf(live), STRIPE_SECRET_KEY: 'sk_live_of_the_test_server' };
    for (const settings of [settingsOf(other), ofOtherMode]) {
      expect(await settle(paymentId, as, settings)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(
          /credentials of stripe of this command differ from those of the service.+run it with the service's, or use --without-provider/,
        ) as string,
      });
    }
    expect(other.requests).toHaveLength(requests);
    expect(await service.statusOf(paymentId)).toBe('REQUIRES_ACTION');
  });

  it('is rejected if the service has stored no fingerprint of its credentials', async () => {
    const paymentId = await waitingPayment();
    const [stored] = await service.sql<{ fingerprint: string }>(
      `SELECT credentials_fingerprint AS fingerprint FROM configured_providers WHERE provider = 'stripe'`,
    );
    const { fingerprint } = stored!;
    const store = (value: string | null) =>
      service.sql(`UPDATE configured_providers SET credentials_fingerprint = $1 WHERE provider = 'stripe'`, [
        value,
      ]);
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    await store(null);
    expect(await settle(paymentId, 'failed', settingsOf(live))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('start the service with this version') as string,
    });
    await store(fingerprint);
    expect(await settle(paymentId, 'failed', settingsOf(live))).toMatchObject({
      code: 0,
      lines: [{ status: 'FAILED' }],
    });
  });
});
