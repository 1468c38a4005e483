import { withTimeLimit } from './configure-providers';
import type { ChargeRequest, PaymentProvider } from './payment-provider';

const request: ChargeRequest = {
  key: 'k',
  orderId: 'o',
  amountCents: 1,
  currency: 'EUR',
  method: null,
  openedAt: new Date(),
  reference: null,
  returnUrl: null,
};

/** A provider that responds after a delay, by jest's fake clock. */
function providerRespondingAfter(ms: number): PaymentProvider {
  const result = <T>(value: T) => new Promise<T>((resolve) => void setTimeout(() => resolve(value), ms));
  const succeeded = { state: 'succeeded', reference: 'r' } as const;
  return {
    name: 'slow',
    charge: () => result(succeeded),
    inquire: () => result(succeeded),
    cancel: () => result(succeeded),
    refund: () => result(succeeded),
    inquireRefund: () => result(succeeded),
    readWebhook: () => {
      throw new Error('no webhooks here');
    },
  };
}

const calls: [string, (provider: PaymentProvider) => Promise<unknown>][] = [
  ['charge', (provider) => provider.charge(request)],
  ['inquire', (provider) => provider.inquire(request)],
  ['cancel', (provider) => provider.cancel(request)],
  ['refund', (provider) => provider.refund({ key: 'r', charge: request })],
  ['inquireRefund', (provider) => provider.inquireRefund({ key: 'r', charge: request })],
];

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('withTimeLimit', () => {
  it.each(calls)('rejects a %s that takes longer', async (_name, call) => {
    const outcome = call(withTimeLimit(providerRespondingAfter(101), 100)).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(100);
    expect(await outcome).toMatchObject({ name: 'ProviderTimeout' });
  });

  it.each(calls)('returns the result of a %s, and clears the timer', async (_name, call) => {
    const outcome = call(withTimeLimit(providerRespondingAfter(99), 100));
    await jest.advanceTimersByTimeAsync(99);
    await expect(outcome).resolves.toMatchObject({ reference: 'r' });
    expect(jest.getTimerCount()).toBe(0);
  });
});
