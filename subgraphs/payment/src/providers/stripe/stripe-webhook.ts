import type Stripe from 'stripe';
import { z } from 'zod';
import { type WebhookDelivery, type WebhookNotice, WebhookRejected } from '../payment-provider';

/**
 * `t=<unix seconds>,v1=<hex>`, with one `v1` per secret in use.
 * https://docs.stripe.com/webhooks/signature
 */
const signatureHeader = 'stripe-signature';

const toleranceSeconds = 5 * 60;

/**
 * The used fields of https://docs.stripe.com/api/events/object. Charges inherit the metadata of
 * their intent.
 */
const eventSchema = z.object({
  id: z.string().min(1),
  type: z.string().min(1),
  created: z.number().int().nonnegative().max(253_402_300_799),
  data: z.object({
    object: z.object({ metadata: z.record(z.string(), z.unknown()).nullish() }),
  }),
});

/** @throws WebhookRejected */
export function readStripeWebhook(
  stripe: Stripe,
  { body, headers }: WebhookDelivery,
  secret: string,
): WebhookNotice {
  const event = eventSchema.safeParse(
    verified(stripe, { body, signature: headers[signatureHeader] ?? '', secret }),
  );
  if (!event.success) throw new WebhookRejected('stripe: the webhook is not an event');
  const { id, type, created, data } = event.data;
  const key = data.object.metadata?.['provider_key'];
  return { id, type, chargeKey: typeof key === 'string' ? key : null, occurredAt: new Date(created * 1_000) };
}

function verified(stripe: Stripe, delivery: { body: Buffer; signature: string; secret: string }): unknown {
  const { body, signature, secret } = delivery;
  let event: unknown;
  try {
    event = stripe.webhooks.constructEvent(body, signature, secret, toleranceSeconds);
  } catch (cause) {
    throw new WebhookRejected('stripe: the webhook is not signed by Stripe, too old, or not JSON', {
      cause,
    });
  }
  // The library does not check for times in the future.
  if (signedAtSeconds(signature) - Date.now() / 1_000 > toleranceSeconds) {
    throw new WebhookRejected('stripe: the webhook was signed more than five minutes from now');
  }
  return event;
}

/** Of several times, the library uses the last. */
function signedAtSeconds(signature: string): number {
  const times = signature.split(',').filter((part) => part.startsWith('t='));
  return Number.parseInt(times.at(-1)?.slice(2) ?? '', 10);
}
