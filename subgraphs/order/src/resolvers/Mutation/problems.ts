import { problem } from '../../errors';
import type { PlacedOrder } from '../../order/persistence/order.entity';

/** Members of result unions that several mutations return. */

export function orderNotFound() {
  return { __typename: 'OrderNotFound' as const, ...problem('order_not_found') };
}

export function idempotencyConflict() {
  return { __typename: 'IdempotencyConflict' as const, ...problem('idempotency_conflict') };
}

/** @param message by default derived from the order's status */
export function orderStateConflict(order: PlacedOrder, message = stateMessage(order)) {
  return { __typename: 'OrderStateConflict' as const, ...problem('order_state_conflict', message), order };
}

export function tooManyPaymentAttempts(order: PlacedOrder) {
  return {
    __typename: 'TooManyPaymentAttempts' as const,
    ...problem('too_many_payment_attempts'),
    order,
  };
}

/** Does not refer to the current status, which may allow the request by now. */
export const earlierConflict =
  'When this idempotency key was first used, the status of the order did not allow this, and nothing was done. Read the order, and use a new key for a new attempt.';

function stateMessage(order: PlacedOrder): string {
  switch (order.status) {
    case 'PENDING':
      if (order.step === 'PAYING') return 'A payment of this order is in progress: wait for its outcome.';
      return 'The order has expired.';
    case 'CONFIRMED':
      return 'The order is paid.';
    case 'CANCELLED':
      return 'The order is cancelled.';
    default:
      return order.status satisfies never;
  }
}
