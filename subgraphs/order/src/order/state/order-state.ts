/** The public status of an order. A draft has none, because it is not visible. */
export type OrderStatus = 'PENDING' | 'CONFIRMED' | 'CANCELLED';
export type CancelReason = 'CUSTOMER' | 'PAYMENT_FAILED' | 'EXPIRED' | 'ADMIN';

/**
 * The state of an order. `step` names the next action, or what the order waits for. `attempt`
 * counts the payment attempts that were started. RESERVING and ABANDONING are drafts.
 */
export type OrderState =
  /** The stock is being reserved. */
  | { step: 'RESERVING'; attempt: 0 }
  /** The draft is not placed: its stock must be released, then the draft is deleted. */
  | { step: 'ABANDONING'; attempt: 0 }
  /**
   * `unreachableAttempts`: attempts that did not reach the payment subgraph; not counted for the
   * limit.
   */
  | { step: 'AWAITING_PAYMENT'; attempt: number; unreachableAttempts: number }
  /**
   * `resumed`: the poller has resumed the attempt, so it may have called the payment subgraph as
   * well.
   */
  | {
      step: 'PAYING';
      attempt: number;
      unreachableAttempts: number;
      paymentMethod: string | null;
      returnUrl: string | null;
      resumed: boolean;
    }
  /** CONFIRMED; the reservation must be committed. */
  | { step: 'COMMITTING'; attempt: number; paymentId: string }
  | { step: 'SETTLED'; attempt: number; paymentId: string }
  /** CANCELLED. Next: request the refund, then release the stock, whatever the refund's outcome. */
  | { step: 'REFUNDING'; attempt: number; paymentId: string; reason: CancelReason }
  /**
   * CANCELLED; the stock must be released. `paymentId`: a charge whose refund was requested.
   * `refundRevision`: the revision of that refund that the timeline shows; 0 without a refund.
   */
  | {
      step: 'RELEASING';
      attempt: number;
      paymentId: string | null;
      reason: CancelReason;
      refundRevision: number;
    }
  | {
      step: 'CLOSED';
      attempt: number;
      paymentId: string | null;
      reason: CancelReason;
      refundRevision: number;
    };

export type OrderStep = OrderState['step'];

const statusOfStep: Record<OrderStep, OrderStatus | null> = {
  RESERVING: null,
  ABANDONING: null,
  AWAITING_PAYMENT: 'PENDING',
  PAYING: 'PENDING',
  COMMITTING: 'CONFIRMED',
  SETTLED: 'CONFIRMED',
  REFUNDING: 'CANCELLED',
  RELEASING: 'CANCELLED',
  CLOSED: 'CANCELLED',
};

/** The same mapping as the table's generated column `status`. */
export function statusOf(step: OrderStep): OrderStatus | null {
  return statusOfStep[step];
}
