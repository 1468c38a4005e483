import { z } from 'zod';
import { required } from '../required';
import type { PaymentActionFieldsFragment, PaymentFieldsFragment } from '../generated/operations';
import { cents, currency, id, instant, named } from './shape';

const paymentAction = named(
  'PaymentAction',
  z.object({
    type: z
      .string()
      .describe("In the provider's words: use_stripe_sdk, redirect_to_url, or simulated_authentication."),
    client_secret: z
      .string()
      .describe("Completes the payment in the customer's browser. Keep it out of logs, storage and URLs."),
    redirect_url: z
      .string()
      .nullable()
      .describe(
        "Where to send the customer's browser; null when the action is taken in the shop's own page.",
      ),
  }),
);

const refund = named(
  'Refund',
  z.object({
    status: z
      .enum(['PENDING', 'SUCCEEDED', 'FAILED'])
      .describe('FAILED: nothing was refunded so far, and the shop has to look at it.'),
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
        'REQUIRES_ACTION: the customer must authenticate. UNKNOWN: the provider did not answer; it is asked again, never charged again.',
      ),
    amount_cents: cents,
    currency,
    provider: z.string(),
    failure_code: z.string().nullable().describe("The provider's reason; null unless FAILED."),
    next_action: paymentAction
      .nullish()
      .describe(
        'What the customer must do now; null unless the status is REQUIRES_ACTION, and for everybody but the owner. Only in the answers to paying and to reading one order.',
      ),
    refund: refund.nullable().describe('Of the whole amount; null when none was begun.'),
    created_at: instant,
    updated_at: instant,
  }),
);

type PaymentFields = PaymentFieldsFragment & { nextAction?: PaymentActionFieldsFragment | null };

/** The next action is shown where the operation reads it: each read asks the provider. */
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
