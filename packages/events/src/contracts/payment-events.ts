import { z } from 'zod';
import type { CloudEvent } from './cloud-event';
import { cents, currency } from './money-shapes';

/** What both outcomes of an attempt tell; the subject is the payment. */
const outcome = z.object({
  paymentId: z.uuid(),
  orderId: z.uuid(),
  /** Which attempt of the order, from 1. */
  attempt: z.int().positive(),
  /** What was to be paid. */
  amountCents: cents,
  currency,
  /** The provider's reason; null after a success. */
  failureCode: z.string().nullable(),
  /** False: nothing reached the provider, so nothing was charged and the order may be paid again. */
  sent: z.boolean(),
  /** Absent when it was decided automatically, as in events of earlier versions. */
  settledBy: z.literal('operator').optional(),
  /** The operator's reason; present if and only if `settledBy` is. */
  reason: z.string().optional(),
});

const failed = outcome.extend({
  /**
   * Only with `sent` false: no further attempt with the same amount and currency can succeed. Omitted by earlier
   * versions, which means false.
   */
  permanent: z.boolean().optional(),
});

/** A charge was refunded in full. There may be no earlier payment.succeeded, if the charge arrived late. */
const refunded = z.object({
  paymentId: z.uuid(),
  orderId: z.uuid(),
  attempt: z.int().positive(),
  amountCents: cents,
  currency,
  /** Grows with each change of the refund. Omitted by earlier versions, which make one refund per charge. */
  revision: z.int().positive().default(2),
});

/** A refund has failed, or was given up. It may still succeed if an operator retries it. */
const refundFailed = refunded.extend({
  revision: z.int().positive(),
  /** The provider's reason, or provider_pending or provider_no_answer. */
  failureCode: z.string(),
});

/** Shapes of the data of the events of the subgraph payment. */
export const paymentEventData = {
  'payment.succeeded': outcome,
  'payment.failed': failed,
  'payment.refunded': refunded,
  'payment.refund_failed': refundFailed,
};

export type PaymentSucceeded = CloudEvent<'payment.succeeded', z.infer<typeof outcome>>;
export type PaymentFailed = CloudEvent<'payment.failed', z.infer<typeof failed>>;
export type PaymentRefunded = CloudEvent<'payment.refunded', z.infer<typeof refunded>>;
export type PaymentRefundFailed = CloudEvent<'payment.refund_failed', z.infer<typeof refundFailed>>;
export type PaymentEvent = PaymentSucceeded | PaymentFailed | PaymentRefunded | PaymentRefundFailed;
