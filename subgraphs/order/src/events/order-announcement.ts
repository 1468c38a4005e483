import { createEvent, type OrderEvent } from '@shop/events/contracts';
import type { Placement } from '../order/state/order-placement';
import { type OrderState, statusOf } from '../order/state/order-state';
import type { OrderEntity } from '../order/persistence/order.entity';

const source = 'order';

/** The event of an order that was placed just now. */
export function orderCreated(
  { id: orderId, userId }: OrderEntity,
  { totalCents, currency, lines }: Placement,
  sequence: number,
): OrderEvent {
  return createEvent({
    source,
    type: 'order.created',
    subject: orderId,
    data: {
      orderId,
      userId,
      sequence,
      totalCents,
      currency,
      lines: lines.map(({ productId, sku, quantity, unitPriceCents }) => ({
        productId,
        sku,
        quantity,
        unitPriceCents,
      })),
    },
  });
}

/** The event that tells of a move from an order's step to another one; undefined when its public status stays. */
export function orderMoved(order: OrderEntity, to: OrderState, sequence: number): OrderEvent | undefined {
  const { id: orderId, userId, totalCents, currency } = order;
  if (statusOf(order.step) === statusOf(to.step) || totalCents === null || currency === null)
    return undefined;
  const data = { orderId, userId, sequence, totalCents, currency };
  const fact = { source, subject: orderId };
  if (to.step === 'COMMITTING') {
    return createEvent({ ...fact, type: 'order.confirmed', data: { ...data, paymentId: to.paymentId } });
  }
  if ('reason' in to) {
    return createEvent({ ...fact, type: 'order.cancelled', data: { ...data, reason: to.reason } });
  }
  return undefined;
}
