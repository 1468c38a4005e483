import { z } from 'zod';
import type { PaymentActionFieldsFragment, PaymentFieldsFragment } from '../generated/operations';
import { cents, currency, id, instant, named, required } from './shape';

const paymentAction = named(
  'PaymentAction',
  z.object({
    type: z
      .string()
      .describe("The provider's type: use_stripe_sdk, redirect_to_url or simulated_authentication."),
    client_secret: z
      .string()
      .describe("Completes the payment in the customer's browser. Keep it out of logs, storage and URLs."),
    redirect_url: z
      .string()
      .nullable()
      .describe(
        "Where to redirect the customer's browser; null when no redirect is needed, for example with Stripe.js.",
      ),
  }),
);

const refund = named(
  'Refund',
  z.object({
    status: z
      .enum(['PENDING', 'SUCCEEDED', 'FAILED'])
      .describe(
        "FAILED: the provider has not refunded the amount, or has not confirmed it; the shop's operator must act.",
      ),
    failure_code: z.string().nullable().describe('Why it failed; null unless FAILED.'),
    created_at: instant,
    updated_at: instant,
  }),
);

export const payment = named(
  'Payment',
  z.object({
    id,
    order_id: id,
    status: z
      .enum(['PENDING', 'REQUIRES_ACTION', 'SUCCEEDED', 'FAILED', 'UNKNOWN', 'REFUNDED'])
      .describe(
        'REQUIRES_ACTION: the customer must authenticate. UNKNOWN: the provider did not respond; its status is queried again, never charged again.',
      ),
    amount_cents: cents,
    currency,
    provider: z.string(),
    failure_code: z.string().nullable().describe("The provider's reason; null unless FAILED."),
    next_action: paymentAction
      .nullish()
      .describe(
        "What the customer must do next; null unless the status is REQUIRES_ACTION and the caller is the order's owner. Also null, still with REQUIRES_ACTION, when the provider requires no further action but its decision is not stored yet, and while the provider does not respond: repeat the request. Present only in payment of the 202 response to a payment and in payments of GET /v1/orders/{id}; absent in every other response.",
      ),
    refund: refund.nullable().describe('The refund of the whole amount; null when none was requested.'),
    created_at: instant,
    updated_at: instant,
  }),
);

type PaymentFields = PaymentFieldsFragment & { nextAction?: PaymentActionFieldsFragment | null };

/** `next_action` is present only if the operation selects it: each read calls the provider. */
export function toPayment(fields: PaymentFields): z.infer<typeof payment> {
  return {
    id: fields.id,
    order_id: required(fields.order, 'Payment.order').id,
    status: fields.status,
    amount_cents: fields.amount.amountCents,
    currency: fields.amount.currency,
    provider: fields.provider,
    failure_code: fields.failureCode,
    ...(fields.nextAction === undefined ? {} : { next_action: toAction(fields.nextAction) }),
    refund: fields.refund && {
      status: fields.refund.status,
      failure_code: fields.refund.failureCode,
      created_at: fields.refund.createdAt,
      updated_at: fields.refund.updatedAt,
    },
    created_at: fields.createdAt,
    updated_at: fields.updatedAt,
  };
}

function toAction(action: PaymentActionFieldsFragment | null): z.infer<typeof paymentAction> | null {
  return (
    action && { type: action.type, client_secret: action.clientSecret, redirect_url: action.redirectUrl }
  );
}
