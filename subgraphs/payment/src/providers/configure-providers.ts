import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import type { loadProviderSettings, PaymentSettings } from '../config';
import type { PaymentProvider } from './payment-provider';
import { createProviders, type Providers } from './providers';
import { createSimulator } from './simulator/simulator';
import { SimulatorAuthentication } from './simulator/simulator-authentication';
import { SimulatorLedgerRepository } from './simulator/simulator-ledger.repository';
import { SimulatorNoticeRepository } from './simulator/simulator-notice.repository';
import { type Announce, createAnnouncer } from './simulator/simulator-notices';
import { SimulatorRefundsRepository } from './simulator/simulator-refunds.repository';
import { SimulatorSender } from './simulator/simulator-sender';
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
  /** Undefined if the simulator sends no webhooks. */
  simulatorSender: SimulatorSender | undefined;
  /** Undefined if the simulator accepts no new payments. */
  authentication: SimulatorAuthentication | undefined;
}

/** The providers that are configured. */
export function configureProviders(base: Base): ConfiguredProviders {
  const configured = configuredProviders(base, providerTimeoutMs);
  const current = configured.find(({ name }) => name === base.settings.PAYMENT_PROVIDER);
  if (!current) throw new Error(`payment provider ${base.settings.PAYMENT_PROVIDER} is not configured`);
  return {
    providers: createProviders(current, configured, base.logger),
    authentication: current.name === 'simulator' ? configureAuthentication(base) : undefined,
    simulatorSender: configureSender(base),
  };
}

function configureSender({ settings, dataSource, logger }: Base): SimulatorSender | undefined {
  const { SIMULATOR_WEBHOOK_URL: url, SIMULATOR_WEBHOOK_SECRET: secret } = settings;
  if (url === undefined || secret === undefined) return undefined;
  return new SimulatorSender({ notices: new SimulatorNoticeRepository(dataSource), url, secret, logger });
}

type ProviderSettings = ReturnType<typeof loadProviderSettings> & Partial<PaymentSettings>;

/** Every provider that can be called with these settings. */
export function configuredProviders(base: SimulatorBase, timeoutMs: number): PaymentProvider[] {
  return [configureSimulator(base), configureStripe(base.settings)]
    .filter((provider) => provider !== undefined)
    .map((provider) => withTimeLimit(provider, timeoutMs));
}

interface SimulatorBase {
  settings: ProviderSettings;
  dataSource: DataSource;
}

function announcerOf(settings: ProviderSettings): Announce | undefined {
  const { PAYMENT_SIMULATOR_SEED: seed, SIMULATOR_WEBHOOK_CHAOS: isChaotic = false } = settings;
  const isSending = settings.SIMULATOR_WEBHOOK_URL !== undefined && settings.SIMULATOR_WEBHOOK_SECRET;
  return isSending ? createAnnouncer({ seed, isChaotic }) : undefined;
}

function simulatorLedger({ settings, dataSource }: SimulatorBase): SimulatorLedgerRepository {
  return new SimulatorLedgerRepository(dataSource, announcerOf(settings));
}

function configureAuthentication(base: SimulatorBase): SimulatorAuthentication {
  const { SIMULATOR_WEBHOOK_SECRET: secret, PAYMENT_SIMULATOR_SEED: seed } = base.settings;
  return new SimulatorAuthentication(simulatorLedger(base), secret ?? seed);
}

function configureSimulator(base: SimulatorBase) {
  const {
    PAYMENT_SIMULATOR_SEED: seed,
    SIMULATOR_WEBHOOK_SECRET: webhookSecret,
    PAYMENT_SIMULATOR_SUCCESS_RATE,
  } = base.settings;
  return createSimulator({
    ledger: simulatorLedger(base),
    refunds: new SimulatorRefundsRepository(base.dataSource, announcerOf(base.settings)),
    seed,
    successRate: PAYMENT_SIMULATOR_SUCCESS_RATE,
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
