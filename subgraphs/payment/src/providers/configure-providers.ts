import type { JobHandler } from '@shop/kit/jobs';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import type { loadProviderSettings, PaymentSettings } from '../config';
import type { PaymentProvider } from './payment-provider';
import { createProviders, type Providers } from './providers';
import { createSimulator } from './simulator/simulator';
import { SimulatorLedgerRepository } from './simulator/simulator-ledger.repository';
import { createAnnouncer, noticeQueues, sendSimulatorNoticeJob } from './simulator/simulator-notices';
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

export interface ConfiguredProviders {
  providers: Providers;
  /** Durable jobs that the providers bring along. */
  tasks: Record<string, JobHandler>;
  /** How many of these jobs can be in progress at once. */
  tasksAtOnce: number;
}

/** The providers that the settings name. */
export function configureProviders(base: Base): ConfiguredProviders {
  const configured = configuredProviders(base, providerTimeoutMs);
  const current = configured.find(({ name }) => name === base.settings.PAYMENT_PROVIDER);
  if (!current) throw new Error(`payment provider ${base.settings.PAYMENT_PROVIDER} is not configured`);
  return {
    providers: createProviders(current, configured, base.logger),
    tasks: {
      [sendSimulatorNoticeJob]: sendSimulatorNoticeTask({
        ...base,
        url: base.settings.SIMULATOR_WEBHOOK_URL,
        secret: base.settings.SIMULATOR_WEBHOOK_SECRET,
      }),
    },
    tasksAtOnce: isTelling(base.settings) ? noticeQueues : 0,
  };
}

/** Whether the simulator sends webhooks. */
function isTelling(settings: ProviderSettings): boolean {
  return settings.SIMULATOR_WEBHOOK_URL !== undefined && settings.SIMULATOR_WEBHOOK_SECRET !== undefined;
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
  const { PAYMENT_SIMULATOR_SEED: seed, SIMULATOR_WEBHOOK_SECRET: webhookSecret } = settings;
  const announce = isTelling(settings)
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
