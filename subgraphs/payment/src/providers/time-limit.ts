import { type PaymentProvider, ProviderTimeout } from './payment-provider';

/** `provider`, but each call ends in time; one that did not is a ProviderTimeout, and may still take effect. */
export function withTimeLimit(provider: PaymentProvider, timeoutMs: number): PaymentProvider {
  async function limit<T>(answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      const error = new ProviderTimeout(`${provider.name}: no answer in ${timeoutMs} ms`);
      timer = setTimeout(() => reject(error), timeoutMs);
    });
    try {
      return await Promise.race([answer, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    name: provider.name,
    charge: (request) => limit(provider.charge(request)),
    inquire: (request) => limit(provider.inquire(request)),
    cancel: (request) => limit(provider.cancel(request)),
    refund: (request) => limit(provider.refund(request)),
    readWebhook: (delivery) => provider.readWebhook(delivery),
  };
}
