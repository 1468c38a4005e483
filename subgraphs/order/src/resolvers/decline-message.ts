import type { DeclinePolicy } from '../order/state/decline-policy';
import type { PlacedOrder } from '../order/persistence/order.entity';

export interface DeclinedAttempt {
  order: PlacedOrder;
  attempt: number;
  paymentId: string;
  onDecline: DeclinePolicy['onDecline'];
}

/**
 * The attempt's outcome and the order's current state, which a later attempt or a cancellation may
 * have changed.
 */
export function declineMessage(declined: DeclinedAttempt): string {
  const { order, attempt, paymentId } = declined;
  if (order.status === 'CANCELLED' && order.paymentId === paymentId)
    return 'The payment succeeded after the order was CANCELLED. The charge is refunded.';
  const outcome = order.attempt === attempt ? 'The payment failed.' : 'This attempt to pay failed.';
  return `${outcome} It charged nothing. ${orderMessage(declined)}`;
}

function orderMessage(declined: DeclinedAttempt): string {
  const { status, step, expiresAt } = declined.order;
  switch (status) {
    case 'PENDING':
      if (step === 'PAYING') return 'Another payment of the order is in progress: the order is PENDING.';
      if (expiresAt.getTime() > Date.now())
        return `The order can be paid again until ${expiresAt.toISOString()}.`;
      return 'The order has expired and will be CANCELLED.';
    case 'CONFIRMED':
      return 'A later attempt paid the order: it is CONFIRMED.';
    case 'CANCELLED':
      return cancelledMessage(declined);
    default:
      return status satisfies never;
  }
}

function cancelledMessage({ order, onDecline }: DeclinedAttempt): string {
  const { cancelReason, updatedAt, expiresAt } = order;
  if (cancelReason !== 'PAYMENT_FAILED')
    return `The order is CANCELLED with the reason ${cancelReason}, and its stock is released.`;
  // Before its expiry, a decline cancels a retryable order only because no attempt is left.
  const isUsedUp = onDecline === 'retry' && updatedAt < expiresAt;
  const reason = isUsedUp ? ', because all allowed payment attempts are used,' : '';
  return `The order is CANCELLED${reason} and its stock is released.`;
}
