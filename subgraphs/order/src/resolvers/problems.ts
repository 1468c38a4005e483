import { problem } from '@shop/kit/errors';
import type { PlacedOrder } from '../order/order.entity';

/** Members of result unions that several mutations answer. */

export function orderNotFound() {
  return { __typename: 'OrderNotFound' as const, ...problem('order_not_found') };
}

export function idempotencyConflict() {
  return { __typename: 'IdempotencyConflict' as const, ...problem('idempotency_conflict') };
}

export function orderStateConflict(order: PlacedOrder, message = stateMessage(order)) {
  return { __typename: 'OrderStateConflict' as const, ...problem('order_state_conflict', message), order };
}

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
