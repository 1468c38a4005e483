import { rejectAfter } from '@shop/kit/deadline';
import { type PaymentProvider, ProviderTimeout } from './payment-provider';

/**
 * Rejects calls of `provider` with ProviderTimeout after `timeoutMs`. Such a call may still take
 * effect.
 */
export function withTimeLimit(provider: PaymentProvider, timeoutMs: number): PaymentProvider {
  const late = () => new ProviderTimeout(`${provider.name}: no response within ${timeoutMs} ms`);
  const limit = <T>(call: Promise<T>): Promise<T> => rejectAfter(timeoutMs, call, late);
  return {
    name: provider.name,
    credentialsFingerprint: provider.credentialsFingerprint,
    charge: (request) => limit(provider.charge(request)),
    inquire: (request) => limit(provider.inquire(request)),
    cancel: (request) => limit(provider.cancel(request)),
    refund: (request) => limit(provider.refund(request)),
    inquireRefund: (request) => limit(provider.inquireRefund(request)),
    readWebhook: (delivery) => provider.readWebhook(delivery),
  };
}
