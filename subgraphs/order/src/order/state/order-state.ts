import type { Placement, ReservationRejected } from '../../clients/product.client';

/** The public status of an order. A draft has none, because it is not visible. */
export type OrderStatus = 'PENDING' | 'CONFIRMED' | 'CANCELLED';
export type CancelReason = 'CUSTOMER' | 'PAYMENT_FAILED' | 'EXPIRED' | 'ADMIN';

/**
 * `attempt` counts the payment attempts that were started, `unreachableAttempts` those that did not
 * reach the payment subgraph, which do not count for the limit.
 */
export interface PaymentAttempts {
  attempt: number;
  unreachableAttempts: number;
}

/** A cancelled order whose charge, if there is one, is refunded. */
interface Released {
  attempt: number;
  /** A charge whose refund was requested. */
  paymentId: string | null;
  reason: CancelReason;
  /** The revision of that refund that the timeline shows; 0 without a refund. */
  refundRevision: number;
}

/** `step` names the next action, or what the order waits for. RESERVING and ABANDONING are drafts. */
export type OrderState =
  /** The stock is being reserved. */
  | { step: 'RESERVING'; attempt: 0 }
  /** The draft is not placed: its stock must be released, then the draft is deleted. */
  | { step: 'ABANDONING'; attempt: 0 }
  | ({ step: 'AWAITING_PAYMENT' } & PaymentAttempts)
  /** `resumed`: by the poller, so it may have called the payment subgraph as well. */
  | ({ step: 'PAYING'; resumed: boolean } & PaymentAttempts & PaymentDetails)
  /** CONFIRMED; the reservation must be committed. */
  | { step: 'COMMITTING'; attempt: number; paymentId: string }
  | { step: 'SETTLED'; attempt: number; paymentId: string }
  /** CANCELLED. Next: request the refund, then release the stock, whatever the refund's outcome. */
  | { step: 'REFUNDING'; attempt: number; paymentId: string; reason: CancelReason }
  /** CANCELLED; the stock must be released. */
  | ({ step: 'RELEASING' } & Released)
  | ({ step: 'CLOSED' } & Released);

export type OrderStep = OrderState['step'];

interface PaymentDetails {
  paymentMethod: string | null;
  returnUrl: string | null;
}

/** When a payment may start. `isOverdue`: the order has expired, by the database's clock. */
export interface PaymentLimits {
  isOverdue: boolean;
  maximumAttempts: number;
}

/** A decided attempt. `operatorReason`: of a manual settlement. */
interface DecidedAttempt {
  attempt: number;
  paymentId: string;
  operatorReason?: string;
}

/** The inputs of the state machine. */
export type OrderTransitionInput =
  | { type: 'stock_reserved'; placement: Placement }
  | { type: 'reservation_rejected'; rejection: ReservationRejected }
  | { type: 'reservation_abandoned' }
  | ({ type: 'payment_started' } & PaymentDetails & PaymentLimits)
  | { type: 'attempt_resumed'; attempt: number }
  /** `amountMatches`: the charged amount and currency are those of the order. */
  | ({ type: 'payment_succeeded'; amountMatches: boolean } & DecidedAttempt)
  /** `retry`: null if a decline cancels the order. */
  | ({ type: 'payment_failed'; retry: PaymentLimits | null } & DecidedAttempt)
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

/** The columns of `orders` that hold the state. */
export interface StateColumns {
  step: OrderStep;
  attempt: number;
  unreachableAttempts: number;
  attemptResumed: boolean;
  paymentMethod: string | null;
  returnUrl: string | null;
  paymentId: string | null;
  cancelReason: CancelReason | null;
  refundRevision: number;
}

export function columnsOf(state: OrderState): StateColumns {
  return {
    step: state.step,
    attempt: state.attempt,
    unreachableAttempts: 'unreachableAttempts' in state ? state.unreachableAttempts : 0,
    attemptResumed: 'resumed' in state && state.resumed,
    paymentMethod: 'paymentMethod' in state ? state.paymentMethod : null,
    returnUrl: 'returnUrl' in state ? state.returnUrl : null,
    paymentId: 'paymentId' in state ? state.paymentId : null,
    cancelReason: 'reason' in state ? state.reason : null,
    refundRevision: 'refundRevision' in state ? state.refundRevision : 0,
  };
}

/** @throws Error if a column that the step requires is null, which the table's checks prevent */
export function stateOf(order: StateColumns): OrderState {
  const { step, attempt, unreachableAttempts, paymentId, cancelReason: reason } = order;
  switch (step) {
    case 'RESERVING':
    case 'ABANDONING':
      return { step, attempt: 0 };
    case 'AWAITING_PAYMENT':
      return { step, attempt, unreachableAttempts };
    case 'PAYING': {
      const { paymentMethod, returnUrl, attemptResumed: resumed } = order;
      return { step, attempt, unreachableAttempts, paymentMethod, returnUrl, resumed };
    }
    case 'COMMITTING':
    case 'SETTLED':
      return { step, attempt, paymentId: present(paymentId, step) };
    case 'REFUNDING':
      return { step, attempt, paymentId: present(paymentId, step), reason: present(reason, step) };
    case 'RELEASING':
    case 'CLOSED':
      return {
        step,
        attempt,
        paymentId,
        reason: present(reason, step),
        refundRevision: order.refundRevision,
      };
    default:
      return step satisfies never;
  }
}

function present<T>(value: T | null, step: string): T {
  if (value === null) throw new Error(`an order with step ${step} has a null column that the step requires`);
  return value;
}
