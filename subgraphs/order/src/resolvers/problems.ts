import { problem } from '@shop/kit/errors';
import type { PlacedOrder } from '../order/persistence/order.entity';

/** Members of result unions that several mutations answer. */

export function orderNotFound() {
  return { __typename: 'OrderNotFound' as const, ...problem('order_not_found') };
}

export function idempotencyConflict() {
  return { __typename: 'IdempotencyConflict' as const, ...problem('idempotency_conflict') };
}

/** @param message what is in the way; said from the order's status when left out */
export function orderStateConflict(order: PlacedOrder, message = stateMessage(order)) {
  return { __typename: 'OrderStateConflict' as const, ...problem('order_state_conflict', message), order };
}

export function tooManyPaymentAttempts(order: PlacedOrder) {
  const message =
    'As many payments of this order were attempted as are allowed. Nothing was charged. Place a new order; this one is cancelled when it expires.';
  return {
    __typename: 'TooManyPaymentAttempts' as const,
    ...problem('too_many_payment_attempts', message),
    order,
  };
}

/** The order's status of today may allow what the first request could not do. */
export const earlierConflict =
  'When this idempotency key was first used, the order was in a status that did not allow this, and nothing was done. Read the order; a new attempt needs a new key.';

function stateMessage(order: PlacedOrder): string {
  switch (order.status) {
    case 'PENDING':
      if (order.step === 'PAYING') return 'A payment of this order is under way: wait for its outcome.';
      return 'The time to pay this order is over.';
    case 'CONFIRMED':
      return 'The order is paid.';
    case 'CANCELLED':
      return 'The order is cancelled.';
    default:
      return order.status satisfies never;
  }
}
