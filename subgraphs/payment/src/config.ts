import { eventsEnvironment } from '@shop/events/service';
import { loadConfig, peerUrl, serviceEnvironment } from '@shop/kit/config';
import { commandEnvironment, databaseEnvironment } from '@shop/kit/database';
import { z } from 'zod';
import { defaultActionLimitMs } from './charge/next-visit';
import { retention } from './retention';
import { checkStripeIsWhole, stripeEnvironment } from './providers/stripe/stripe-environment';

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
