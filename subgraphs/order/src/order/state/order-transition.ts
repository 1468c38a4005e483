import type { InputOfType, TransitionInput, PaymentRetry } from './transition-input';
import type { CancelReason, OrderState, OrderStep } from './order-state';

/**
 * What an input does to an order. `unchanged`: it contains nothing new, or comes too late to matter.
 * `contradiction`: it cannot be true of this order; nothing is changed, somebody must look.
 */
export type Transition =
  | { kind: 'moved'; state: OrderState }
  | { kind: 'removed' }
  | { kind: 'unchanged' }
  | { kind: 'contradiction' };

/** The one place that knows which step follows which. Pure: the caller saves the result if the order has not changed since. */
export function transition(state: OrderState, input: TransitionInput): Transition {
  const rule = rules[state.step][input.type] as
    ((state: OrderState, input: TransitionInput) => Transition) | undefined;
  return rule ? rule(state, input) : unchanged;
}

type StateAt<Step extends OrderStep> = Extract<OrderState, { step: Step }>;

/** What each type of input does to an order at a step; an input that is not listed changes nothing there. */
type Rules<Step extends OrderStep> = {
  [Type in TransitionInput['type']]?: (state: StateAt<Step>, input: InputOfType<Type>) => Transition;
};

const unchanged: Transition = { kind: 'unchanged' };
const removed: Transition = { kind: 'removed' };
const contradiction: Transition = { kind: 'contradiction' };

function moved(state: OrderState): Transition {
  return { kind: 'moved', state };
}

/** CANCELLED without a charge: only the stock must be released. */
function unpaid(attempt: number, reason: CancelReason): OrderState {
  return { step: 'RELEASING', attempt, paymentId: null, reason, refundRevision: 0 };
}

const abandoned = moved({ step: 'ABANDONING', attempt: 0 });

const whileReserving: Rules<'RESERVING'> = {
  stock_reserved: () => moved({ step: 'AWAITING_PAYMENT', attempt: 0, unreached: 0 }),
  // An earlier try of the same call may still be on its way: what it would hold must be given back before the draft is forgotten.
  reservation_refused: () => abandoned,
  reservation_abandoned: () => abandoned,
  time_passed: (_draft, { isOverdue }) => (isOverdue ? abandoned : unchanged),
  // Nobody can pay what was never placed.
  payment_succeeded: () => contradiction,
};

const whileAbandoning: Rules<'ABANDONING'> = {
  stock_released: () => removed,
  payment_succeeded: () => contradiction,
};

const whileAwaitingPayment: Rules<'AWAITING_PAYMENT'> = {
  payment_started({ attempt, unreached }, { paymentMethod, returnUrl, ...limits }) {
    if (!canBePaid({ attempt, unreached }, limits)) return unchanged;
    // Unreached attempts keep their numbers: a number names one charge only.
    return moved({
      step: 'PAYING',
      attempt: attempt + 1,
      unreached,
      paymentMethod,
      returnUrl,
      resumed: false,
    });
  },
  cancelled: ({ attempt }, { by }) => moved(unpaid(attempt, by)),
  time_passed({ attempt }, { isOverdue }) {
    return isOverdue ? moved(unpaid(attempt, 'EXPIRED')) : unchanged;
  },
  payment_succeeded: (state, input) => (state.attempt > 0 ? charged(state, input) : contradiction),
};

const whilePaying: Rules<'PAYING'> = {
  payment_succeeded: charged,
  payment_failed: ofItsAttempt(({ attempt, unreached }, { retry }) =>
    retry && canBePaid({ attempt, unreached }, retry)
      ? moved({ step: 'AWAITING_PAYMENT', attempt, unreached })
      : moved(unpaid(attempt, 'PAYMENT_FAILED')),
  ),
  payment_not_sent: ofItsAttempt(({ attempt, unreached }) =>
    moved({ step: 'AWAITING_PAYMENT', attempt, unreached }),
  ),
  payment_not_possible: ofItsAttempt(({ attempt, unreached }) =>
    moved({ step: 'AWAITING_PAYMENT', attempt, unreached }),
  ),
  payment_unreached: ofItsAttempt(({ attempt, unreached, resumed }) =>
    resumed ? unchanged : moved({ step: 'AWAITING_PAYMENT', attempt, unreached: unreached + 1 }),
  ),
  attempt_resumed: ofItsAttempt((state) => (state.resumed ? unchanged : moved({ ...state, resumed: true }))),
};

function ofItsAttempt<Input extends { attempt: number }>(
  rule: (state: StateAt<'PAYING'>, input: Input) => Transition,
) {
  return (state: StateAt<'PAYING'>, input: Input) =>
    input.attempt === state.attempt ? rule(state, input) : unchanged;
}

/** Whether another payment may begin. Attempts that did not reach the payment subgraph do not count. */
function canBePaid(
  { attempt, unreached }: { attempt: number; unreached: number },
  { isOverdue, maximumAttempts }: PaymentRetry,
): boolean {
  return !isOverdue && attempt - unreached < maximumAttempts;
}

/** The money of the order's last attempt is taken. A wrong amount buys nothing: it goes back. */
function charged(state: { attempt: number }, input: InputOfType<'payment_succeeded'>): Transition {
  const { attempt, paymentId } = input;
  if (attempt !== state.attempt) return contradiction;
  if (input.amountMatches) return moved({ step: 'COMMITTING', attempt, paymentId });
  return moved({ step: 'REFUNDING', attempt, paymentId, reason: 'PAYMENT_FAILED' });
}

const whileConfirmed: Rules<'COMMITTING' | 'SETTLED'> = {
  cancelled({ attempt, paymentId }, { by }) {
    return by === 'ADMIN' ? moved({ step: 'REFUNDING', attempt, paymentId, reason: 'ADMIN' }) : unchanged;
  },
  payment_succeeded: (state, { paymentId }) => (paymentId === state.paymentId ? unchanged : contradiction),
};

const whileCancelled: Rules<'REFUNDING' | 'RELEASING' | 'CLOSED'> = {
  /** Too late: the money goes back, unless it is the charge that went, or goes, back anyway. */
  payment_succeeded({ attempt, paymentId, reason }, input) {
    if (input.paymentId === paymentId) return unchanged;
    return moved({ step: 'REFUNDING', attempt, paymentId: input.paymentId, reason });
  },
};

/** The first revision of a refund: requested. */
const startedRevision = 1;

/** The payment subgraph has stored the refund: the stock is released now. */
function refundAccepted(
  { attempt, paymentId, reason }: StateAt<'REFUNDING'>,
  input: { paymentId: string; revision?: number },
): Transition {
  if (input.paymentId !== paymentId) return unchanged;
  const refundRevision = input.revision ?? startedRevision;
  return moved({ step: 'RELEASING', attempt, paymentId, reason, refundRevision });
}

/** Changes only the timeline, and only for a higher revision: events can be reordered and repeated. */
function refundProgressed(
  state: StateAt<'RELEASING' | 'CLOSED'>,
  { paymentId, revision }: { paymentId: string; revision: number },
): Transition {
  const isNews = paymentId === state.paymentId && revision > state.refundRevision;
  return isNews ? moved({ ...state, refundRevision: revision }) : unchanged;
}

const rules: { [Step in OrderStep]: Rules<Step> } = {
  RESERVING: whileReserving,
  ABANDONING: whileAbandoning,
  AWAITING_PAYMENT: whileAwaitingPayment,
  PAYING: whilePaying,
  COMMITTING: {
    ...whileConfirmed,
    stock_committed: (state) => moved({ ...state, step: 'SETTLED' }),
  },
  SETTLED: { ...whileConfirmed },
  REFUNDING: {
    ...whileCancelled,
    refund_started: refundAccepted,
    charge_refunded: refundAccepted,
    refund_failed: refundAccepted,
    nothing_refunded: refundAccepted,
  },
  RELEASING: {
    ...whileCancelled,
    charge_refunded: refundProgressed,
    refund_failed: refundProgressed,
    stock_released: (state) => moved({ ...state, step: 'CLOSED' }),
  },
  CLOSED: { ...whileCancelled, charge_refunded: refundProgressed, refund_failed: refundProgressed },
};
