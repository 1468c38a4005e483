import type { Refusal } from './order-outcome';
import type { Placement } from './order-placement';

/** What limits another payment of the order. `isOverdue`: the order has expired, by the database's clock. */
export interface PaymentRetry {
  isOverdue: boolean;
  maximumAttempts: number;
}

/** Something that was found out or decided about an order; `transition` says what follows. */
export type TransitionInput =
  | { type: 'stock_reserved'; placement: Placement }
  | { type: 'reservation_refused'; refusal: Refusal }
  | { type: 'reservation_abandoned' }
  /** `isOverdue`: the order has expired, by the database's clock. */
  | {
      type: 'payment_started';
      paymentMethod: string | null;
      returnUrl: string | null;
      isOverdue: boolean;
      maximumAttempts: number;
    }
  | { type: 'attempt_resumed'; attempt: number }
  /**
   * `amountMatches`: amount and currency charged are the order's. `operatorReason`, here and below: the
   * reason of a manual settlement; absent if the payment was decided automatically.
   */
  | {
      type: 'payment_succeeded';
      attempt: number;
      paymentId: string;
      amountMatches: boolean;
      operatorReason?: string;
    }
  | {
      type: 'payment_failed';
      attempt: number;
      paymentId: string;
      retry: PaymentRetry | null;
      operatorReason?: string;
    }
  /** The payment subgraph says: surely not charged. */
  | { type: 'payment_not_sent'; attempt: number }
  /** The payment subgraph answered: not charged, and no attempt with this order's total can succeed. */
  | { type: 'payment_not_possible'; attempt: number; paymentId: string; failureCode: string | null }
  /** The request that began the attempt did not reach the payment subgraph. */
  | { type: 'payment_unreached'; attempt: number }
  | { type: 'stock_committed' }
  /** The payment subgraph has stored the refund and will make it. */
  | { type: 'refund_started'; paymentId: string }
  /** `revision`: grows with each change of the refund. */
  | { type: 'charge_refunded'; paymentId: string; revision: number }
  | { type: 'refund_failed'; paymentId: string; revision: number; failureCode: string }
  /** The payment subgraph has no charge of the order, so there is nothing to refund. */
  | { type: 'nothing_refunded'; paymentId: string }
  | { type: 'stock_released' }
  | { type: 'cancelled'; by: 'CUSTOMER' | 'ADMIN' }
  /** `isOverdue`: the time of a draft to be placed, or of an order to be paid, is over. */
  | { type: 'time_passed'; isOverdue: boolean };

export type InputOfType<Type extends TransitionInput['type']> = Extract<TransitionInput, { type: Type }>;
