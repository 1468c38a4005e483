import { createLogger } from '@shop/kit/logger';
import type { Payment } from '../payment/payment.entity';
import { type PaymentProvider, ChargeRejected } from '../providers/payment-provider';
import { createProviders, noProvider } from '../providers/providers';
import { ProviderCalls } from './provider-calls';

const payment = {
  ...{ id: 'P', orderId: 'O', provider: 'outside', providerKey: 'O:1', providerReference: null },
  ...{ amountCents: 1_000, currency: 'EUR', paymentMethod: null, createdAt: new Date() },
} as Payment;

/** ProviderCalls with a fake provider that rejects each charge with this error. */
function callsRejectedWith(error: ChargeRejected) {
  const provider: PaymentProvider = { ...noProvider, name: 'outside', charge: () => Promise.reject(error) };
  const logger = createLogger({ service: 'payment' });
  logger.silent = true;
  const logged = { warn: jest.spyOn(logger, 'warn'), error: jest.spyOn(logger, 'error') };
  return { calls: new ProviderCalls(createProviders(provider), logger), logged };
}

describe('ProviderCalls', () => {
  it('logs a rejection that requires an operator at level error, with the remedy', async () => {
    const remedy = 'Set STRIPE_SECRET_KEY.';
    const rejection = new ChargeRejected('provider_unavailable', 'no such key', { remedy });
    const { calls, logged } = callsRejectedWith(rejection);
    expect(await calls.charge(payment)).toEqual({ state: 'not_sent', failureCode: 'provider_unavailable' });
    const fields = { paymentId: 'P', provider: 'outside', failureCode: 'provider_unavailable', remedy };
    expect(logged.error).toHaveBeenCalledWith(
      'payment provider needs an operator',
      expect.objectContaining(fields),
    );
  });

  it('logs any other rejection as a warning', async () => {
    const { calls, logged } = callsRejectedWith(new ChargeRejected('provider_unavailable', 'busy'));
    await calls.charge(payment);
    expect(logged.error).not.toHaveBeenCalled();
    expect(logged.warn).toHaveBeenCalledWith('payment provider rejected the charge', expect.anything());
  });
});
