import type { FactOfType, OrderFact } from './order-fact';
import type { CancelReason, OrderState } from './order-state';

/**
 * What a fact does to an order. `unchanged`: it says nothing new, or comes too late to matter.
 * `contradiction`: it cannot be true of this order; nothing is changed, somebody must look.
 */
export type Transition =
  | { kind: 'moved'; state: OrderState }
  | { kind: 'removed' }
  | { kind: 'unchanged' }
  | { kind: 'contradiction' };

type StateAt<Step extends OrderState['step']> = Extract<OrderState, { step: Step }>;

const unchanged: Transition = { kind: 'unchanged' };
const removed: Transition = { kind: 'removed' };
const contradiction: Transition = { kind: 'contradiction' };

function moved(state: OrderState): Transition {
  return { kind: 'moved', state };
}

/** The one place that knows which step follows which. Pure: the caller holds the order's row lock and saves the result. */
export function transition(state: OrderState, fact: OrderFact): Transition {
  switch (state.step) {
    case 'RESERVING':
      return whileReserving(fact);
    case 'ABANDONING':
      return whileAbandoning(fact);
    case 'AWAITING_PAYMENT':
      return whileAwaitingPayment(state, fact);
    case 'PAYING':
      return whilePaying(state, fact);
    case 'COMMITTING':
    case 'SETTLED':
      return whileConfirmed(state, fact);
    case 'REFUNDING':
    case 'RELEASING':
    case 'CLOSED':
      return whileCancelled(state, fact);
    default:
      return state satisfies never;
  }
}

function whileReserving(fact: OrderFact): Transition {
  switch (fact.type) {
    case 'stock_reserved':
      return moved({ step: 'AWAITING_PAYMENT', attempt: 0 });
    case 'reservation_refused':
      return removed;
    case 'reservation_abandoned':
      return moved({ step: 'ABANDONING', attempt: 0 });
    case 'time_passed':
      return fact.isOverdue ? moved({ step: 'ABANDONING', attempt: 0 }) : unchanged;
    default:
      return aboutDraft(fact);
  }
}

function whileAbandoning(fact: OrderFact): Transition {
  return fact.type === 'stock_released' ? removed : aboutDraft(fact);
}

/** Nobody can pay what was never placed. */
function aboutDraft(fact: OrderFact): Transition {
  return fact.type === 'payment_succeeded' ? contradiction : unchanged;
}

function whileAwaitingPayment(state: StateAt<'AWAITING_PAYMENT'>, fact: OrderFact): Transition {
  const { attempt } = state;
  switch (fact.type) {
    case 'payment_started':
      if (fact.isOverdue) return unchanged;
      return moved({
        step: 'PAYING',
        attempt: attempt + 1,
        paymentMethod: fact.paymentMethod,
        resumed: false,
      });
    case 'cancelled':
      return moved({ step: 'RELEASING', attempt, paymentId: null, reason: fact.by });
    case 'time_passed':
      return fact.isOverdue
        ? moved({ step: 'RELEASING', attempt, paymentId: null, reason: 'EXPIRED' })
        : unchanged;
    case 'payment_succeeded':
      return attempt > 0 ? charged(state, fact) : contradiction;
    default:
      return unchanged;
  }
}

function whilePaying(state: StateAt<'PAYING'>, fact: OrderFact): Transition {
  const { attempt } = state;
  if (!('attempt' in fact)) return unchanged;
  if (fact.attempt !== attempt) return fact.type === 'payment_succeeded' ? contradiction : unchanged;
  switch (fact.type) {
    case 'payment_succeeded':
      return charged(state, fact);
    case 'payment_failed':
      return moved({ step: 'RELEASING', attempt, paymentId: null, reason: 'PAYMENT_FAILED' });
    case 'payment_not_sent':
      return moved({ step: 'AWAITING_PAYMENT', attempt });
    case 'payment_unreached':
      return state.resumed ? unchanged : moved({ step: 'AWAITING_PAYMENT', attempt });
    case 'attempt_resumed':
      return state.resumed ? unchanged : moved({ ...state, resumed: true });
    default:
      return fact satisfies never;
  }
}

/** The money of the order's last attempt is taken. A wrong amount buys nothing: it goes back. */
function charged(state: { attempt: number }, fact: FactOfType<'payment_succeeded'>): Transition {
  const { attempt, paymentId } = fact;
  if (attempt !== state.attempt) return contradiction;
  if (fact.amountMatches) return moved({ step: 'COMMITTING', attempt, paymentId });
  return moved({ step: 'REFUNDING', attempt, paymentId, reason: 'PAYMENT_FAILED' });
}

function whileConfirmed(state: StateAt<'COMMITTING' | 'SETTLED'>, fact: OrderFact): Transition {
  const { attempt, paymentId } = state;
  switch (fact.type) {
    case 'stock_committed':
      return state.step === 'COMMITTING' ? moved({ step: 'SETTLED', attempt, paymentId }) : unchanged;
    case 'cancelled':
      if (fact.by !== 'ADMIN') return unchanged;
      return moved({ step: 'REFUNDING', attempt, paymentId, reason: 'ADMIN' });
    case 'payment_succeeded':
      return fact.paymentId === paymentId ? unchanged : contradiction;
    default:
      return unchanged;
  }
}

function whileCancelled(state: StateAt<'REFUNDING' | 'RELEASING' | 'CLOSED'>, fact: OrderFact): Transition {
  const { attempt, paymentId, reason } = state;
  switch (fact.type) {
    case 'charge_refunded':
      if (state.step !== 'REFUNDING' || fact.paymentId !== paymentId) return unchanged;
      return moved({ step: 'RELEASING', attempt, paymentId, reason });
    case 'stock_released':
      return state.step === 'RELEASING' ? moved({ step: 'CLOSED', attempt, paymentId, reason }) : unchanged;
    case 'payment_succeeded':
      return chargedTooLate({ attempt, paymentId, reason }, fact);
    default:
      return unchanged;
  }
}

/** The order is given up already: the money goes back, unless it is the charge that went, or goes, back anyway. */
function chargedTooLate(
  order: { attempt: number; paymentId: string | null; reason: CancelReason },
  { paymentId }: FactOfType<'payment_succeeded'>,
): Transition {
  if (paymentId === order.paymentId) return unchanged;
  return moved({ step: 'REFUNDING', attempt: order.attempt, paymentId, reason: order.reason });
}
