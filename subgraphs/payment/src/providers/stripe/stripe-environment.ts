import { z } from 'zod';

/**
 * Settings of Stripe. The first two require each other, and PAYMENT_PROVIDER=stripe requires both.
 * Keep them until all payments at Stripe are decided.
 */
export const stripeEnvironment = {
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
export function checkStripeIsWhole(
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
