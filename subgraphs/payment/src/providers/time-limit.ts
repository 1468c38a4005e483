import { rejectAfter } from '@shop/kit/deadline';
import { type PaymentProvider, ProviderTimeout } from './payment-provider';

/** `provider`, but each call ends in time; one that did not is a ProviderTimeout, and may still take effect. */
export function withTimeLimit(provider: PaymentProvider, timeoutMs: number): PaymentProvider {
  const late = () => new ProviderTimeout(`${provider.name}: no answer in ${timeoutMs} ms`);
  const limit = <T>(answer: Promise<T>): Promise<T> => rejectAfter(timeoutMs, answer, late);
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
