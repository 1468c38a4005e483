import type { PaymentProvider } from './payment-provider';

/** The providers that this process can talk to. */
export interface Providers {
  /** Takes new payments. */
  readonly current: PaymentProvider;
  /** The one that took an earlier payment. @throws Error when it is not configured any more */
  get(name: string): PaymentProvider;
  /** Undefined when it is not configured. */
  find(name: string): PaymentProvider | undefined;
}

export function createProviders(
  current: PaymentProvider,
  former: readonly PaymentProvider[] = [],
): Providers {
  const byName = new Map([...former, current].map((provider) => [provider.name, provider]));
  return {
    current,
    get(name) {
      const provider = byName.get(name);
      if (!provider) throw new Error(`payment provider ${name} is not configured, and has payments here`);
      return provider;
    },
    find: (name) => byName.get(name),
  };
}
