import type { OrderTransitionInput } from './order-transition-input';
import type { KeyedOperation, OrderOutcome } from './order-outcome';
import type { OrderState } from './order-state';

/**
 * What a transition stores with the request's key. `outcome` null: the request had no effect, so
 * the key is deleted.
 */
export interface KeyEffect {
  operation: KeyedOperation;
  attempt: number;
  outcome: OrderOutcome | null;
}

/** @param to the new state of the order */
export function keyEffectOf(input: OrderTransitionInput, to: OrderState): KeyEffect | undefined {
  switch (input.type) {
    case 'stock_reserved':
      return { operation: 'createOrder', attempt: 0, outcome: { kind: 'PLACED' } };
    case 'reservation_refused':
      return { operation: 'createOrder', attempt: 0, outcome: input.refusal };
    case 'payment_succeeded': {
      const { attempt, paymentId } = input;
      const kind = to.step === 'COMMITTING' ? 'PAID' : 'DECLINED';
      return { operation: 'payOrder', attempt, outcome: { kind, paymentId } };
    }
    case 'payment_failed': {
      const { attempt, paymentId } = input;
      return { operation: 'payOrder', attempt, outcome: { kind: 'DECLINED', paymentId } };
    }
    case 'payment_not_possible': {
      const { attempt, paymentId, failureCode } = input;
      return { operation: 'payOrder', attempt, outcome: { kind: 'NOT_POSSIBLE', paymentId, failureCode } };
    }
    case 'payment_not_sent':
    case 'payment_unreachable':
      return { operation: 'payOrder', attempt: input.attempt, outcome: null };
    case 'reservation_abandoned':
    case 'time_passed':
      return to.step === 'ABANDONING' ? { operation: 'createOrder', attempt: 0, outcome: null } : undefined;
    case 'payment_started':
    case 'attempt_resumed':
    case 'stock_committed':
    case 'refund_started':
    case 'charge_refunded':
    case 'refund_failed':
    case 'nothing_refunded':
    case 'stock_released':
    case 'cancelled':
      return undefined;
    default:
      return input satisfies never;
  }
}
