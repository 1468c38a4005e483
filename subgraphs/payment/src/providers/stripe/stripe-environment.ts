import { z } from 'zod';

/** Settings of Stripe. The first two come together, and must with PAYMENT_PROVIDER=stripe; left in place, earlier payments stay settled. */
export const stripeEnvironment = {
  /** Secret key, or a restricted one that may write PaymentIntents and Refunds. */
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_/, 'a secret key (sk_…) or a restricted one (rk_…) is needed')
    .optional(),
  /** Of the webhook endpoint. */
  STRIPE_WEBHOOK_SECRET: z.string().startsWith('whsec_').optional(),
  /** Instead of Stripe's own address; for tests. */
  STRIPE_API_URL: z
    .url()
    .refine(keepsSecrets, 'the key is only sent over https, or within this host')
    .optional(),
};

const names = ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'] as const;

/** Names what is missing of Stripe's settings where one is there, or new payments are to go to Stripe. */
export function checkStripeIsWhole(
  settings: { PAYMENT_PROVIDER?: string | undefined } & Partial<Record<(typeof names)[number], string>>,
  check: z.RefinementCtx,
): void {
  const isWanted = settings.PAYMENT_PROVIDER === 'stripe' || names.some((name) => settings[name]);
  for (const name of names) {
    if (isWanted && !settings[name]) check.addIssue({ code: 'custom', path: [name], message: 'missing' });
  }
}

function keepsSecrets(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return (
    protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
  );
}
