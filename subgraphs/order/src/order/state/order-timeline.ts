import type { OrderTransitionInput } from './order-transition-input';
import type { CancelReason, OrderState } from './order-state';

const cancellations: Record<CancelReason, string> = {
  CUSTOMER: 'Cancelled by the customer.',
  ADMIN: 'Cancelled by an administrator.',
  EXPIRED: 'Not paid in time: cancelled.',
  PAYMENT_FAILED: 'Payment failed: cancelled.',
};

/** The first entry of every timeline. */
export const placedMessage = 'Order placed: its stock is held until it is paid, cancelled or expires.';

/** The timeline entry of a manual settlement. */
export function settledByOperator(outcome: 'succeeded' | 'failed', reason: string): string {
  return `Payment settled by an operator as ${outcome}: ${reason.replace(/\.$/, '')}.`;
}

/** The timeline message of a transition; null for one that is not shown. */
export function timelineMessage(input: OrderTransitionInput, to: OrderState): string | null {
  switch (input.type) {
    case 'stock_reserved':
      return placedMessage;
    case 'payment_started':
      return 'Payment started.';
    case 'payment_not_sent':
    case 'payment_unreachable':
      return 'The payment could not be sent: nothing was charged.';
    case 'payment_not_possible':
      return 'The payment is not possible: nothing was charged.';
    case 'payment_succeeded':
      if (to.step === 'COMMITTING')
        return input.operatorReason ? settledByOperator('succeeded', input.operatorReason) : 'Paid.';
      return 'A payment arrived that does not pay this order: it is to be refunded.';
    case 'refund_started':
      return 'Refund started.';
    case 'charge_refunded':
      return 'Payment refunded.';
    case 'refund_failed':
      return `The refund failed: ${input.failureCode}.`;
    case 'nothing_refunded':
      return 'Nothing was refunded: no charge of this order was found.';
    case 'payment_failed':
      if (input.operatorReason) return settledByOperator('failed', input.operatorReason);
      return 'reason' in to ? cancellations[to.reason] : 'Payment declined: the order can be paid again.';
    case 'cancelled':
    case 'time_passed':
      return 'reason' in to ? cancellations[to.reason] : null;
    case 'attempt_resumed':
    case 'reservation_abandoned':
    case 'reservation_refused':
    case 'stock_committed':
    case 'stock_released':
      return null;
    default:
      return input satisfies never;
  }
}
