import type { Refusal } from './order-outcome';
import type { Placement } from './order-placement';

/**
 * Limits on another payment of the order. `isOverdue`: the order has expired, by the database's
 * clock.
 */
export interface PaymentRetry {
  isOverdue: boolean;
  maximumAttempts: number;
}

/** The inputs of the order state machine (order-transition.ts). */
export type OrderTransitionInput =
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
   * `amountMatches`: the charged amount and currency are those of the order. `operatorReason`, here
   * and below: the reason of a manual settlement; absent if the payment was decided automatically.
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
  /** The payment subgraph guarantees that the attempt charges nothing. */
  | { type: 'payment_not_sent'; attempt: number }
  /** Nothing was charged, and no attempt with this order's total can succeed. */
  | { type: 'payment_not_possible'; attempt: number; paymentId: string; failureCode: string | null }
  /** The request that started the attempt could not reach the payment subgraph. */
  | { type: 'payment_unreachable'; attempt: number }
  | { type: 'stock_committed' }
  /** The payment subgraph has stored the refund. */
  | { type: 'refund_started'; paymentId: string }
  /** `revision`: increases with each change of the refund. */
  | { type: 'charge_refunded'; paymentId: string; revision: number }
  | { type: 'refund_failed'; paymentId: string; revision: number; failureCode: string }
  /** The payment subgraph has no charge of the order, so there is nothing to refund. */
  | { type: 'nothing_refunded'; paymentId: string }
  | { type: 'stock_released' }
  | { type: 'cancelled'; by: 'CUSTOMER' | 'ADMIN' }
  /** `isOverdue`: the draft or the order has expired. */
  | { type: 'time_passed'; isOverdue: boolean };

export type InputOfType<Type extends OrderTransitionInput['type']> = Extract<
  OrderTransitionInput,
  { type: Type }
>;
