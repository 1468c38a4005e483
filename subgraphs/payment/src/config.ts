import { eventsEnvironment } from '@shop/events/service';
import { loadConfig, peerUrl, serviceEnvironment } from '@shop/kit/config';
import { commandEnvironment, databaseEnvironment } from '@shop/kit/database';
import { z } from 'zod';
import { retention } from './retention';

/**
 * Settings of Stripe. The first two require each other, and PAYMENT_PROVIDER=stripe requires both.
 * Keep them until all payments at Stripe are decided.
 */
const stripeEnvironment = {
  /** Secret key, or a restricted one that may write PaymentIntents and Refunds. */
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_/, 'must be a secret key (sk_…) or a restricted key (rk_…)')
    .optional(),
  /** Of the webhook endpoint. */
  STRIPE_WEBHOOK_SECRET: z.string().startsWith('whsec_').optional(),
  /** Replaces Stripe's URL; for tests. */
  STRIPE_API_URL: z
    .url()
    .refine(keepsSecrets, 'must be an https URL, or an http URL of localhost, because the key is sent to it')
    .optional(),
};

const names = ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'] as const;

/** Adds an issue for each missing setting if another one is set, or PAYMENT_PROVIDER is stripe. */
function checkStripeIsWhole(
  settings: { PAYMENT_PROVIDER?: string | undefined } & Partial<Record<(typeof names)[number], string>>,
  check: z.RefinementCtx,
): void {
  const isRequired = settings.PAYMENT_PROVIDER === 'stripe' || names.some((name) => settings[name]);
  for (const name of names) {
    if (isRequired && !settings[name]) check.addIssue({ code: 'custom', path: [name], message: 'missing' });
  }
}

function keepsSecrets(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return (
    protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
  );
}

/** Default of PAYMENT_ACTION_SECONDS. */
export const defaultActionLimitMs = 10 * 60_000;

export const serviceEntries = z.object({
  ...serviceEnvironment,
  ...databaseEnvironment,
  ...eventsEnvironment,
  ...retention.environment,
  ...stripeEnvironment,
  /**
   * Charges new payments; existing payments keep their provider. Default: the simulator, which
   * takes no money. Required with NODE_ENV=production.
   */
  PAYMENT_PROVIDER: z.enum(['simulator', 'stripe']).optional(),
  /**
   * Time limit for the authentication, from the start of the attempt; then its key is closed at the
   * provider. The maximum determines the limit of the invariant `payment-decided`.
   */
  PAYMENT_ACTION_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(900)
    .default(defaultActionLimitMs / 1_000),
  /** URL of the order subgraph, which receives payment events. */
  ORDER_URL: peerUrl.default('http://127.0.0.1:4003/graphql'),
  /** Determines, with the order's ID, the outcome of payments without a payment method. */
  PAYMENT_SIMULATOR_SEED: z.string().default('supergraph-shop'),
  /** Share of payments without a payment method that succeed. */
  PAYMENT_SIMULATOR_SUCCESS_RATE: z.coerce.number().min(0).max(1).default(0.9),
  /** Signs the simulator's webhooks; without it, all are rejected. */
  SIMULATOR_WEBHOOK_SECRET: z.string().min(16).optional(),
  /**
   * URL for the simulator's webhooks, for example
   * http://127.0.0.1:8080/v1/payments/webhooks/simulator; without it, none is sent.
   */
  SIMULATOR_WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** For tests: sends each webhook twice, delayed and out of order. */
  SIMULATOR_WEBHOOK_CHAOS: z.stringbool().default(false),
});

const serviceSchema = serviceEntries.superRefine(checkStripeIsWhole).superRefine((settings, check) => {
  if (settings.NODE_ENV === 'production' && !settings.PAYMENT_PROVIDER)
    check.addIssue({ code: 'custom', path: ['PAYMENT_PROVIDER'], message: 'missing' });
});

/** The provider settings of the operator program. */
const providerSchema = serviceEntries
  .pick({
    ...{ STRIPE_SECRET_KEY: true, STRIPE_WEBHOOK_SECRET: true, STRIPE_API_URL: true },
    ...{ PAYMENT_SIMULATOR_SEED: true, PAYMENT_SIMULATOR_SUCCESS_RATE: true },
  })
  .superRefine(checkStripeIsWhole);

const migrateSchema = z.object(commandEnvironment);

export type PaymentSettings = ReturnType<typeof loadPaymentSettings>;

/** @throws ConfigError that names every missing or invalid setting */
export function loadPaymentSettings(env = process.env) {
  const settings = loadConfig({ service: 'payment', schema: serviceSchema, env });
  return { ...settings, PAYMENT_PROVIDER: settings.PAYMENT_PROVIDER ?? 'simulator' };
}

/** @throws ConfigError */
export function loadProviderSettings(env = process.env): z.infer<typeof providerSchema> {
  return loadConfig({ service: 'payment-operate', schema: providerSchema, env });
}

/** @throws ConfigError */
export function loadMigrateSettings(env = process.env): z.infer<typeof migrateSchema> {
  return loadConfig({ service: 'payment-migrate', schema: migrateSchema, env });
}
