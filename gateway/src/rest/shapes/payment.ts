import { z } from 'zod';
import type { PaymentFieldsFragment } from '../generated/operations';
import { required } from '../required';
import { cents, currency, id, instant, named } from './shape';

export const payment = named(
  'Payment',
  z.object({
    id,
    order_id: id,
    status: z
      .enum(['PENDING', 'SUCCEEDED', 'FAILED', 'UNKNOWN', 'REFUNDED'])
      .describe('UNKNOWN: the provider did not answer; it is asked again, never charged again.'),
    amount_cents: cents,
    currency,
    provider: z.string(),
    failure_code: z.string().nullable().describe("The provider's reason; null unless FAILED."),
    created_at: instant,
    updated_at: instant,
  }),
);

export function toPayment(fields: PaymentFieldsFragment): z.infer<typeof payment> {
  return {
    id: fields.id,
    order_id: required(fields.order, 'Payment.order').id,
    status: fields.status,
    amount_cents: fields.amount.amountCents,
    currency: fields.amount.currency,
    provider: fields.provider,
    failure_code: fields.failureCode,
    created_at: fields.createdAt,
    updated_at: fields.updatedAt,
  };
}
