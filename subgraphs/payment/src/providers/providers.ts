import type { Logger } from '@shop/kit/logger';
import { noProvider } from './no-provider';
import type { PaymentProvider } from './payment-provider';

/** The providers that this process can talk to. */
export interface Providers {
  /** Takes new payments. */
  readonly current: PaymentProvider;
  /** Of all that are configured. */
  readonly names: readonly string[];
  /** The one that took an earlier payment. @throws ProviderNotConfigured, which is in the log then */
  get(name: string): PaymentProvider;
  /** Undefined when it is not configured. */
  find(name: string): PaymentProvider | undefined;
}

/** The process has no settings for a provider that took earlier payments: it was not called. */
export class ProviderNotConfigured extends Error {
  constructor(readonly provider: string) {
    super(`payment provider ${provider} is not configured and has payments here: ${remedyFor(provider)}`);
    this.name = 'ProviderNotConfigured';
  }
}

export const notConfiguredMessage = 'payments wait for a provider that is not configured';

const settingsOf = new Map([['stripe', 'STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET']]);

/** What an operator does about a provider that is not configured. */
export function remedyFor(provider: string): string {
  return `set ${settingsOf.get(provider) ?? `the settings of ${provider}`} and restart, or settle them by hand: npm run payments -- list --undecided --provider ${provider}`;
}

export function createProviders(
  current: PaymentProvider,
  former: readonly PaymentProvider[] = [],
  logger?: Logger,
): Providers {
  const byName = new Map([...former, current].map((provider) => [provider.name, provider]));
  return {
    current,
    names: [...byName.keys(), noProvider.name],
    get(name) {
      const provider = name === noProvider.name ? noProvider : byName.get(name);
      if (provider) return provider;
      // Each visit and each refund meets it: one line in the window of repeated warnings.
      logger?.error(notConfiguredMessage, { provider: name, remedy: remedyFor(name), isAggregated: true });
      throw new ProviderNotConfigured(name);
    },
    find: (name) => byName.get(name),
  };
}
