import { createEvent, type OrderEvent } from '@shop/events/contracts';
import type { KeyEffect, OrderOutcome } from '../persistence/idempotency-key.repository';
import type { OrderMove } from '../persistence/move-statement';
import type { OrderRow } from '../persistence/order.entity';
import {
  type CancelReason,
  type OrderState,
  type OrderTransitionInput,
  statusOf,
} from '../state/order-state';

/** From this attempt on, a timeline can exceed its maximum length. */
const attemptsOfLongTimeline = 10;

/** What a transition writes besides the new state: timeline entry, event, the outcome for the key. */
export function effectsOf(
  order: OrderRow,
  input: OrderTransitionInput,
  to: OrderState,
): Pick<OrderMove, 'entry' | 'keyEffect'> & { event?: OrderEvent | undefined } {
  const { message, keyEffect = null } = entryAndKeyEffect(input, to);
  const status = statusOf(to.step);
  if (message === null || !status) return { entry: null, keyEffect };
  const isLong = to.attempt >= attemptsOfLongTimeline || status === 'CANCELLED';
  return { entry: { message, isLong }, keyEffect, event: eventOf(order, input, to) };
}

/** The first entry of every timeline. */
export const placedMessage = 'Order placed: its stock is held until it is paid, cancelled or expires.';

const cancellations: Record<CancelReason, string> = {
  CUSTOMER: 'Cancelled by the customer.',
  ADMIN: 'Cancelled by an administrator.',
  EXPIRED: 'Not paid in time: cancelled.',
  PAYMENT_FAILED: 'Payment failed: cancelled.',
};

/** The timeline entry of a manual settlement. */
export function settledByOperator(outcome: 'succeeded' | 'failed', reason: string): string {
  return `Payment settled by an operator as ${outcome}: ${reason.replace(/\.$/, '')}.`;
}

/** `message`: the timeline entry; null for a transition that is not shown. */
export function entryAndKeyEffect(
  input: OrderTransitionInput,
  to: OrderState,
): { message: string | null; keyEffect?: KeyEffect } {
  const created = (outcome: OrderOutcome | null) =>
    ({ operation: 'createOrder', attempt: 0, outcome }) as const;
  const attempted = (attempt: number, outcome: OrderOutcome | null) =>
    ({ operation: 'payOrder', attempt, outcome }) as const;
  switch (input.type) {
    case 'stock_reserved':
      return { message: placedMessage, keyEffect: created({ kind: 'PLACED' }) };
    case 'reservation_rejected':
      return { message: null, keyEffect: created(input.rejection) };
    case 'reservation_abandoned':
      return { message: null, keyEffect: created(null) };
    case 'time_passed':
      if (to.step === 'ABANDONING') return { message: null, keyEffect: created(null) };
      return { message: 'reason' in to ? cancellations[to.reason] : null };
    case 'payment_started':
      return { message: 'Payment started.' };
    case 'payment_succeeded': {
      const { attempt, paymentId, operatorReason } = input;
      if (to.step === 'COMMITTING') {
        const message = operatorReason ? settledByOperator('succeeded', operatorReason) : 'Paid.';
        return { message, keyEffect: attempted(attempt, { kind: 'PAID', paymentId }) };
      }
      const message = 'A payment arrived that does not pay this order: it is to be refunded.';
      return { message, keyEffect: attempted(attempt, { kind: 'DECLINED', paymentId }) };
    }
    case 'payment_failed': {
      const { attempt, paymentId, operatorReason } = input;
      const declined =
        'reason' in to ? cancellations[to.reason] : 'Payment declined: the order can be paid again.';
      const message = operatorReason ? settledByOperator('failed', operatorReason) : declined;
      return { message, keyEffect: attempted(attempt, { kind: 'DECLINED', paymentId }) };
    }
    case 'payment_not_possible': {
      const { attempt, paymentId, failureCode } = input;
      const message = 'The payment is not possible: nothing was charged.';
      return { message, keyEffect: attempted(attempt, { kind: 'NOT_POSSIBLE', paymentId, failureCode }) };
    }
    case 'payment_not_sent':
    case 'payment_unreachable': {
      const message = 'The payment could not be sent: nothing was charged.';
      return { message, keyEffect: attempted(input.attempt, null) };
    }
    case 'refund_started':
      return { message: 'Refund started.' };
    case 'charge_refunded':
      return { message: 'Payment refunded.' };
    case 'refund_failed':
      return { message: `The refund failed: ${input.failureCode}.` };
    case 'nothing_refunded':
      return { message: 'Nothing was refunded: no charge of this order was found.' };
    case 'cancelled':
      return { message: cancellations[input.by] };
    case 'attempt_resumed':
    case 'stock_committed':
    case 'stock_released':
      return { message: null };
    default:
      return input satisfies never;
  }
}

/** Undefined if the public status does not change. */
function eventOf(order: OrderRow, input: OrderTransitionInput, to: OrderState): OrderEvent | undefined {
  const { id: orderId, userId } = order;
  const attributes = { source: 'order', subject: orderId } as const;
  // The statement that writes the event sets the sequence of the timeline entry.
  const data = { orderId, userId, sequence: 0 };
  if (input.type === 'stock_reserved') {
    const { totalCents, currency, lines: reserved } = input.placement;
    const lines = reserved.map(({ productId, sku, quantity, unitPriceCents }) => ({
      ...{ productId, sku, quantity, unitPriceCents },
    }));
    return createEvent({
      ...{ ...attributes, type: 'order.created' },
      data: { ...data, totalCents, currency, lines },
    });
  }
  const { totalCents, currency } = order;
  if (statusOf(order.step) === statusOf(to.step) || totalCents === null || currency === null)
    return undefined;
  const priced = { ...data, totalCents, currency };
  if (to.step === 'COMMITTING')
    return createEvent({
      ...{ ...attributes, type: 'order.confirmed' },
      data: { ...priced, paymentId: to.paymentId },
    });
  if (!('reason' in to)) return undefined;
  return createEvent({
    ...{ ...attributes, type: 'order.cancelled' },
    data: { ...priced, reason: to.reason },
  });
}
