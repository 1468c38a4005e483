import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { createLogger } from '@shop/kit/logger';
import { ProviderCalls } from '../src/charge/provider-calls';
import type { Payment } from '../src/payment/payment.entity';
import { createProviders } from '../src/providers/providers';
import { createStripe } from '../src/providers/stripe/stripe';
import { insertUnfinishedAttempt } from './support/unfinished-attempt';
import { operate } from './support/operate';
import { newAttempt, startPaymentService } from './support/payment-service';
import { startStripeServer, type StripeServer } from './support/stripe-server';

/** Stripe responds with "Invalid API Key provided: sk_test_****." */
const wrongKey = 'sk_test_of_another_account';
const quoted = /sk_test_|\*\*\*\*/;

let server: StripeServer;
beforeAll(async () => {
  server = await startStripeServer();
});
afterAll(() => server.stop());

const stripe = () =>
  createStripe({ secretKey: wrongKey, webhookSecret: 'whsec_x', timeoutMs: 2_000, apiUrl: server.url });

const charge = {
  ...{ key: 'key', orderId: randomUUID(), amountCents: 4_200, currency: 'EUR', method: 'pm_card_visa' },
  ...{ openedAt: new Date(), reference: null, returnUrl: null },
};

const payment = {
  ...newAttempt({ paymentMethod: 'pm_card_visa' }),
  ...{ id: randomUUID(), status: 'UNKNOWN', provider: 'stripe', providerKey: 'key', createdAt: new Date() },
  ...{ providerReference: null, returnUrl: null },
} as Payment;

describe('A message of Stripe that quotes a part of the key', () => {
  it.each([null, 'pi_1'])(
    'is not in the errors of calls for a charge with the reference %s',
    async (reference) => {
      const request = { ...charge, reference };
      const refund = { key: 'refund:key', charge: request };
      const calls = [
        stripe().charge(request),
        stripe().inquire(request),
        stripe().cancel(request),
        stripe().refund(refund),
        stripe().inquireRefund(refund),
      ];
      for (const result of await Promise.allSettled(calls)) {
        const text = inspect(result, { depth: 10, showHidden: true });
        expect(text).toContain('Invalid API Key provided: [key]');
        expect(text).not.toMatch(quoted);
      }
    },
  );

  it('is not in the log', async () => {
    const logger = createLogger({ service: 'payment' });
    logger.silent = true;
    const logged = [jest.spyOn(logger, 'warn'), jest.spyOn(logger, 'error')];
    const calls = new ProviderCalls(createProviders(stripe()), logger);
    await calls.charge(payment);
    await calls.inquire(payment, { mayCharge: false, mayWait: false });
    await calls.inquire({ ...payment, providerReference: 'pi_1' }, { mayCharge: false, mayWait: false });
    const lines = inspect(
      logged.map(({ mock }) => mock.calls),
      { depth: 10 },
    );
    expect(lines).toContain('payment provider call failed');
    expect(lines).toContain('Invalid API Key provided');
    expect(lines).not.toMatch(quoted);
  });

  it('is not printed by payments settle', async () => {
    const settings = {
      STRIPE_SECRET_KEY: wrongKey,
      STRIPE_WEBHOOK_SECRET: 'whsec_x',
      STRIPE_API_URL: server.url,
    };
    const service = await startPaymentService({ PAYMENT_PROVIDER: 'stripe', ...settings });
    const id = await insertUnfinishedAttempt(service, newAttempt(), { dueInMinutes: 60 });
    const update = `UPDATE payments SET provider = 'stripe', provider_reference = 'pi_1' WHERE id = $1`;
    await service.sql(update, [id]);
    const settle = ['payments', 'settle', id, '--as', 'failed', '--reason', 'x'];
    const { code, stderr } = await operate(service.databaseUrl, settle, settings);
    await service.stop();
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('stripe did not respond (Invalid API Key provided: [key]') as string,
    });
    expect(stderr).not.toMatch(quoted);
  });
});
