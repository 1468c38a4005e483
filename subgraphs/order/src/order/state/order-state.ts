/** What the world sees of an order. A draft has no status: nobody sees it. */
export type OrderStatus = 'PENDING' | 'CONFIRMED' | 'CANCELLED';
export type CancelReason = 'CUSTOMER' | 'PAYMENT_FAILED' | 'EXPIRED' | 'ADMIN';

/**
 * Where an order is in its life. `attempt` counts the payment attempts that were started.
 * RESERVING and ABANDONING are drafts. The step names the work that is next, or what the order waits for.
 */
export type OrderState =
  /** The stock is being asked for. */
  | { step: 'RESERVING'; attempt: 0 }
  /** Given up before it was placed: whatever is held is given back, then the draft is removed. */
  | { step: 'ABANDONING'; attempt: 0 }
  /** `unreached`: how many of the attempts never reached the payment subgraph; they do not count towards the limit. */
  | { step: 'AWAITING_PAYMENT'; attempt: number; unreached: number }
  /** `resumed`: the poller has taken the attempt, so the request that began it is not the only one that may have called. */
  | {
      step: 'PAYING';
      attempt: number;
      unreached: number;
      paymentMethod: string | null;
      returnUrl: string | null;
      resumed: boolean;
    }
  /** CONFIRMED; the stock that is held is to be booked as sold. */
  | { step: 'COMMITTING'; attempt: number; paymentId: string }
  | { step: 'SETTLED'; attempt: number; paymentId: string }
  /** CANCELLED. Next: request the refund, then release the stock, whatever the refund's outcome. */
  | { step: 'REFUNDING'; attempt: number; paymentId: string; reason: CancelReason }
  /**
   * CANCELLED; the stock must be released. `paymentId`: a charge whose refund was requested. `refundRevision`: the
   * revision of that refund that the timeline shows; 0 without a refund.
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

/** The table's generated column `status` says the same. */
export function statusOf(step: OrderStep): OrderStatus | null {
  return statusOfStep[step];
}
