import { createEvent, type OrderEvent } from '@shop/events/contracts';
import type { Placement } from '../order/state/order-placement';
import { type OrderState, statusOf } from '../order/state/order-state';
import type { OrderEntity } from '../order/persistence/order.entity';

const source = 'order';

/** Placeholder: the statement that writes the event sets the sequence of the timeline entry. */
const sequence = 0;

export function orderCreated(
  { id: orderId, userId }: OrderEntity,
  { totalCents, currency, lines }: Placement,
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

/** The event of a state change. Undefined if the public status does not change. */
export function orderMoved(order: OrderEntity, to: OrderState): OrderEvent | undefined {
  const { id: orderId, userId, totalCents, currency } = order;
  if (statusOf(order.step) === statusOf(to.step) || totalCents === null || currency === null)
    return undefined;
  const data = { orderId, userId, sequence, totalCents, currency };
  const attributes = { source, subject: orderId };
  if (to.step === 'COMMITTING') {
    return createEvent({
      ...attributes,
      type: 'order.confirmed',
      data: { ...data, paymentId: to.paymentId },
    });
  }
  if ('reason' in to) {
    return createEvent({ ...attributes, type: 'order.cancelled', data: { ...data, reason: to.reason } });
  }
  return undefined;
}
