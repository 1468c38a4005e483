import { z } from 'zod';
import type { CloudEvent } from './cloud-event';

/** Minor units, up to 2^53-1. */
const cents = z.int().nonnegative();

/** ISO 4217. */
const currency = z.string().regex(/^[A-Z]{3}$/);

/** Common to all events of an order. */
const order = z.object({
  orderId: z.uuid(),
  userId: z.uuid(),
  /**
   * Increases with each event of the order, with gaps: the event with the higher value is later.
   */
  sequence: z.int().positive(),
  totalCents: cents,
  currency,
});

/** Common to all events of a payment attempt. */
const payment = z.object({
  paymentId: z.uuid(),
  orderId: z.uuid(),
  /** Number of the attempt of the order, from 1. */
  attempt: z.int().positive(),
  /** The amount of the attempt. */
  amountCents: cents,
  currency,
});

const paymentOutcome = payment.extend({
  /** The provider's reason; null after a success. */
  failureCode: z.string().nullable(),
  /**
   * False: the request did not reach the provider, so nothing was charged and the order may be paid
   * again.
   */
  sent: z.boolean(),
  /** Absent if it was decided automatically, and in events of earlier versions. */
  settledBy: z.literal('operator').optional(),
  /** The operator's reason; present if and only if `settledBy` is. */
  reason: z.string().optional(),
});

/** The data of every event by type; a type starts with the name of its source. */
export const eventData = {
  /** The order was placed and its stock is reserved. The subject is the order. */
  'order.created': order.extend({
    lines: z.array(
      z.object({ productId: z.uuid(), sku: z.string(), quantity: z.int().positive(), unitPriceCents: cents }),
    ),
  }),
  /** Paid. */
  'order.confirmed': order.extend({ paymentId: z.uuid() }),
  /** Cancelled; a charge is refunded, which payment publishes. */
  'order.cancelled': order.extend({ reason: z.enum(['CUSTOMER', 'PAYMENT_FAILED', 'EXPIRED', 'ADMIN']) }),

  /** The subject is the payment. */
  'payment.succeeded': paymentOutcome,
  'payment.failed': paymentOutcome.extend({
    /**
     * Only with `sent` false: no further attempt with the same amount and currency can succeed.
     * Omitted by earlier versions, which means false.
     */
    permanent: z.boolean().optional(),
  }),
  /**
   * A charge was refunded in full. If it arrived late, there may be no earlier payment.succeeded.
   */
  'payment.refunded': payment.extend({
    /**
     * Grows with each change of the refund. Omitted by earlier versions, which make one refund per
     * charge.
     */
    revision: z.int().positive().default(2),
  }),
  /**
   * A refund has failed, or is no longer retried. It may still succeed if an operator retries it.
   */
  'payment.refund_failed': payment.extend({
    revision: z.int().positive(),
    /** The provider's reason, or provider_pending or provider_no_answer. */
    failureCode: z.string(),
  }),

  /**
   * The last unit in stock was reserved, or removed by an adjustment; the subject is the product.
   */
  'product.stock_depleted': z.object({ productId: z.uuid(), sku: z.string() }),

  /**
   * An account was created; the subject is the user. The email is available from the user subgraph.
   */
  'user.registered': z.object({
    userId: z.uuid(),
    role: z.enum(['CUSTOMER', 'ADMIN']),
    createdAt: z.iso.datetime(),
  }),
};

export type ShopEventType = keyof typeof eventData;

/** One event, or the union of several types. */
export type EventOf<Type extends ShopEventType> = {
  [Each in Type]: CloudEvent<Each, z.infer<(typeof eventData)[Each]>>;
}[Type];

/** Every event of the platform. */
export type ShopEvent = EventOf<ShopEventType>;
export type OrderEvent = EventOf<Extract<ShopEventType, `order.${string}`>>;
export type PaymentEvent = EventOf<Extract<ShopEventType, `payment.${string}`>>;
export type ProductStockDepleted = EventOf<'product.stock_depleted'>;
export type UserRegistered = EventOf<'user.registered'>;
