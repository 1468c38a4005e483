import type { Logger } from '@shop/kit/logger';
import { type ChargeState, type PaymentProvider, WebhookRejected } from './payment-provider';

/** The provider `none` for amounts of 0: charges and refunds succeed without a call. */
export const noProvider: PaymentProvider = {
  name: 'none',
  charge: ({ key }) => Promise.resolve(charged(key)),
  inquire: ({ key }) => Promise.resolve(charged(key)),
  cancel: ({ key }) => Promise.resolve(charged(key)),
  refund: ({ key }) => Promise.resolve({ state: 'succeeded', reference: key }),
  inquireRefund: ({ key }) => Promise.resolve({ state: 'succeeded', reference: key }),
  readWebhook() {
    throw new WebhookRejected('the provider none sends no webhooks');
  },
};

function charged(reference: string): ChargeState {
  return { state: 'succeeded', reference };
}

/** The providers that this process can call. */
export interface Providers {
  /** Charges new payments. */
  readonly current: PaymentProvider;
  /** Names of all configured providers. */
  readonly names: readonly string[];
  /** The provider of an existing payment. @throws ProviderNotConfigured, after logging it */
  get(name: string): PaymentProvider;
  /** Undefined when it is not configured. */
  find(name: string): PaymentProvider | undefined;
}

/** The process has no settings for the provider of an existing payment, so it was not called. */
export class ProviderNotConfigured extends Error {
  constructor(readonly provider: string) {
    super(`payment provider ${provider} is not configured and has payments here: ${remedyFor(provider)}`);
    this.name = 'ProviderNotConfigured';
  }
}

export const notConfiguredMessage = 'payments wait for a provider that is not configured';

const settingsOf = new Map([['stripe', 'STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET']]);

/** What an operator must do about a provider that is not configured. */
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
      // Repeats on each inquiry and refund, so it is aggregated with other repeated warnings.
      logger?.error(notConfiguredMessage, { provider: name, remedy: remedyFor(name), isAggregated: true });
      throw new ProviderNotConfigured(name);
    },
    find: (name) => byName.get(name),
  };
}
