import { z } from 'zod';
import type { CloudEvent } from './cloud-event';
import { cents, currency } from './money-shapes';

/** What every event of an order tells; the subject is the order. */
const ofOrder = z.object({
  orderId: z.uuid(),
  userId: z.uuid(),
  /** Grows with each event of the order, not by one: of two events, the higher is the later. */
  sequence: z.int().positive(),
  totalCents: cents,
  currency,
});

/** Placed: its stock is held. */
const created = ofOrder.extend({
  lines: z.array(
    z.object({ productId: z.uuid(), sku: z.string(), quantity: z.int().positive(), unitPriceCents: cents }),
  ),
});

/** Paid. */
const confirmed = ofOrder.extend({ paymentId: z.uuid() });

/** Cancelled; a charge that there may be goes back, which payment tells. */
const cancelled = ofOrder.extend({ reason: z.enum(['CUSTOMER', 'PAYMENT_FAILED', 'EXPIRED', 'ADMIN']) });

/** Shapes of the data of the events of the subgraph order. */
export const orderEventData = {
  'order.created': created,
  'order.confirmed': confirmed,
  'order.cancelled': cancelled,
};

export type OrderCreated = CloudEvent<'order.created', z.infer<typeof created>>;
export type OrderConfirmed = CloudEvent<'order.confirmed', z.infer<typeof confirmed>>;
export type OrderCancelled = CloudEvent<'order.cancelled', z.infer<typeof cancelled>>;
export type OrderEvent = OrderCreated | OrderConfirmed | OrderCancelled;
