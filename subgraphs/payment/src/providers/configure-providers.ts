import { rejectAfter } from '@shop/kit/deadline';
import type { Logger } from '@shop/kit/logger';
import { type CallOutcome, measureCall } from '@shop/kit/resilience';
import { inSpan } from '@shop/kit/telemetry';
import type { DataSource } from 'typeorm';
import type { loadProviderSettings, PaymentSettings } from '../config';
import {
  ChargeRejected,
  type PaymentProvider,
  ProviderTimeout,
  RefundRejected,
  wrapCalls,
} from './payment-provider';
import { createProviders, type Providers } from './providers';
import { createSimulator, type SimulatorOptions } from './simulator/simulator';
import { SimulatorAuthentication } from './simulator/simulator-authentication';
import { SimulatorLedgerRepository } from './simulator/simulator-ledger.repository';
import { createAnnouncer, SimulatorNoticeRepository } from './simulator/simulator-notice.repository';
import { SimulatorSender } from './simulator/simulator-webhook';
import { createStripe } from './stripe/stripe';

/** Shorter than the order subgraph's timeout, so that it gets the response UNDECIDED. */
const providerTimeoutMs = 3_000;

/** Of one request to Stripe: shorter, so that a definite rejection arrives in time. */
const stripeTimeoutMs = 2_500;

type ProviderSettings = ReturnType<typeof loadProviderSettings> & Partial<PaymentSettings>;

interface Base {
  settings: ProviderSettings;
  dataSource: DataSource;
}

type ServiceBase = Base & { settings: PaymentSettings; logger: Logger };

interface ConfiguredProviders {
  providers: Providers;
  /** Undefined if the simulator sends no webhooks. */
  simulatorSender: SimulatorSender | undefined;
  /** Undefined if the simulator accepts no new payments. */
  authentication: SimulatorAuthentication | undefined;
}

export function configureProviders(base: ServiceBase): ConfiguredProviders {
  const configured = configuredProviders(base, providerTimeoutMs);
  const current = configured.find(({ name }) => name === base.settings.PAYMENT_PROVIDER);
  if (!current) throw new Error(`payment provider ${base.settings.PAYMENT_PROVIDER} is not configured`);
  return {
    providers: createProviders(current, configured, base.logger),
    authentication: current.name === 'simulator' ? simulatorOptions(base).authentication : undefined,
    simulatorSender: configureSender(base),
  };
}

function configureSender({ settings, dataSource, logger }: ServiceBase): SimulatorSender | undefined {
  const { SIMULATOR_WEBHOOK_URL: url, SIMULATOR_WEBHOOK_SECRET: secret } = settings;
  if (url === undefined || secret === undefined) return undefined;
  return new SimulatorSender({ notices: new SimulatorNoticeRepository(dataSource), url, secret, logger });
}

/** All providers that the settings configure. */
export function configuredProviders(base: Base, timeoutMs: number): PaymentProvider[] {
  return [createSimulator(simulatorOptions(base)), configureStripe(base.settings)]
    .filter((provider) => provider !== undefined)
    .map((provider) => withSpans(measureCalls(withTimeLimit(provider, timeoutMs))));
}

function simulatorOptions({ settings, dataSource }: Base): SimulatorOptions {
  const { PAYMENT_SIMULATOR_SEED: seed, SIMULATOR_WEBHOOK_SECRET: webhookSecret } = settings;
  const { SIMULATOR_WEBHOOK_URL: url, SIMULATOR_WEBHOOK_CHAOS: isChaotic = false } = settings;
  const announce = url && webhookSecret ? createAnnouncer({ seed, isChaotic }) : undefined;
  const ledger = new SimulatorLedgerRepository(dataSource, announce);
  return {
    ledger,
    authentication: new SimulatorAuthentication(ledger, webhookSecret ?? seed),
    seed,
    successRate: settings.PAYMENT_SIMULATOR_SUCCESS_RATE,
    webhookSecret,
  };
}

function configureStripe(settings: ProviderSettings): PaymentProvider | undefined {
  const {
    STRIPE_SECRET_KEY: secretKey,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_API_URL: apiUrl,
  } = settings;
  if (!secretKey || !webhookSecret) return undefined;
  return createStripe({ secretKey, webhookSecret, apiUrl, timeoutMs: stripeTimeoutMs });
}

/** Records the time of calls. A rejection is a response. */
function measureCalls(provider: PaymentProvider): PaymentProvider {
  const outcomeOf = (error: unknown): CallOutcome => {
    if (error instanceof ProviderTimeout) return 'timed_out';
    return error instanceof ChargeRejected || error instanceof RefundRejected ? 'ok' : 'other';
  };
  return wrapCalls(provider, (call) => measureCall(provider.name, call, outcomeOf));
}

/** Rejects a call with ProviderTimeout after `timeoutMs`. The call may still take effect. */
export function withTimeLimit(provider: PaymentProvider, timeoutMs: number): PaymentProvider {
  const late = () => new ProviderTimeout(`${provider.name}: no response within ${timeoutMs} ms`);
  return wrapCalls(provider, (call) => rejectAfter(timeoutMs, call(), late));
}

/** Calls in recorded traces are spans. The trace context is not sent: a provider is a third party. */
function withSpans(provider: PaymentProvider): PaymentProvider {
  const attributes = { 'peer.service': provider.name };
  return wrapCalls(provider, (call, name) =>
    inSpan(`${name} ${provider.name}`, { kind: 'client', attributes }, call),
  );
}
