import type { JobHandler } from '@shop/kit/jobs';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import type { loadProviderSettings, PaymentSettings } from '../config';
import type { PaymentProvider } from './payment-provider';
import { createProviders, type Providers } from './providers';
import { createSimulator } from './simulator/simulator';
import { SimulatorLedgerRepository } from './simulator/simulator-ledger.repository';
import { createAnnouncer, sendSimulatorNoticeJob } from './simulator/simulator-notices';
import { sendSimulatorNoticeTask } from './simulator/simulator-sender';
import { createStripe } from './stripe/stripe';
import { withTimeLimit } from './time-limit';

/** Shorter than the order subgraph's patience: it is to hear "undecided" rather than nothing. */
const providerTimeoutMs = 3_000;

/** Of one request to Stripe. Shorter than the above: that nothing was charged is to be known, not cut off. */
const stripeTimeoutMs = 2_500;

interface Base {
  settings: PaymentSettings;
  dataSource: DataSource;
  logger: Logger;
}

/** The providers that the settings name, and the durable jobs that they bring along. */
export function configureProviders(base: Base): { providers: Providers; tasks: Record<string, JobHandler> } {
  const configured = configuredProviders(base, providerTimeoutMs);
  const current = configured.find(({ name }) => name === base.settings.PAYMENT_PROVIDER);
  if (!current) throw new Error(`payment provider ${base.settings.PAYMENT_PROVIDER} is not configured`);
  return {
    providers: createProviders(current, configured),
    tasks: {
      [sendSimulatorNoticeJob]: sendSimulatorNoticeTask({
        ...base,
        url: base.settings.SIMULATOR_WEBHOOK_URL,
        secret: base.settings.SIMULATOR_WEBHOOK_SECRET,
      }),
    },
  };
}

type ProviderSettings = ReturnType<typeof loadProviderSettings> & Partial<PaymentSettings>;

/** Every provider that can be called with these settings. */
export function configuredProviders(
  base: { settings: ProviderSettings; dataSource: DataSource },
  timeoutMs: number,
): PaymentProvider[] {
  return [configureSimulator(base), configureStripe(base.settings)]
    .filter((provider) => provider !== undefined)
    .map((provider) => withTimeLimit(provider, timeoutMs));
}

function configureSimulator({
  settings,
  dataSource,
}: {
  settings: ProviderSettings;
  dataSource: DataSource;
}) {
  const {
    PAYMENT_SIMULATOR_SEED: seed,
    SIMULATOR_WEBHOOK_SECRET: webhookSecret,
    SIMULATOR_WEBHOOK_URL: webhookUrl,
  } = settings;
  const isTelling = webhookUrl !== undefined && webhookSecret !== undefined;
  const announce = isTelling
    ? createAnnouncer({ seed, isChaotic: settings.SIMULATOR_WEBHOOK_CHAOS ?? false })
    : undefined;
  return createSimulator({
    ledger: new SimulatorLedgerRepository(dataSource, announce),
    seed,
    successRate: settings.PAYMENT_SIMULATOR_SUCCESS_RATE,
    ...(webhookSecret ? { webhookSecret } : {}),
  });
}

function configureStripe(settings: ProviderSettings): PaymentProvider | undefined {
  const {
    STRIPE_SECRET_KEY: secretKey,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_API_URL: apiUrl,
  } = settings;
  if (!secretKey || !webhookSecret) return undefined;
  return createStripe({
    secretKey,
    webhookSecret,
    timeoutMs: stripeTimeoutMs,
    ...(apiUrl ? { apiUrl } : {}),
  });
}
