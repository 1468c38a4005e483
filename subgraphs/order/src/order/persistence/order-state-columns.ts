import type { OrderEntity } from './order.entity';
import type { OrderState } from '../state/order-state';

/** The columns of `orders` that hold an `OrderState`. */
export type StateColumns = Pick<
  OrderEntity,
  | 'step'
  | 'attempt'
  | 'unreachableAttempts'
  | 'attemptResumed'
  | 'paymentMethod'
  | 'returnUrl'
  | 'paymentId'
  | 'cancelReason'
  | 'refundRevision'
>;

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
