import { z } from 'zod';

/** What both payment events tell. */
export const paymentEventData = z.object({
  paymentId: z.uuid(),
  orderId: z.uuid(),
  /** Which attempt of the order, from 1. */
  attempt: z.int().positive(),
  /** What was to be paid, in minor units. */
  amountCents: z.int().nonnegative(),
  /** ISO 4217. */
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** The provider's reason; null after a success. */
  failureCode: z.string().nullable(),
  /** False: nothing reached the provider, so nothing was charged and the order may be paid again. */
  sent: z.boolean(),
});

export type PaymentEventData = z.infer<typeof paymentEventData>;
