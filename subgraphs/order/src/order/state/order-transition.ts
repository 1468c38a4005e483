import type {
  CancelReason,
  InputOfType,
  OrderState,
  OrderStep,
  OrderTransitionInput,
  PaymentAttempts,
  PaymentLimits,
} from './order-state';

/**
 * The result of applying an input to a state. `unchanged`: the input is a repeat or too late.
 * `contradiction`: the input is impossible in this state; an operator must investigate.
 */
export type Transition =
  | { kind: 'moved'; state: OrderState }
  | { kind: 'removed' }
  | { kind: 'unchanged' }
  | { kind: 'contradiction' };

/** The order state machine. Pure: the caller writes the result if the order has not changed since. */
export function transition(state: OrderState, input: OrderTransitionInput): Transition {
  const rule = rules[state.step][input.type] as
    ((state: OrderState, input: OrderTransitionInput) => Transition) | undefined;
  return rule ? rule(state, input) : unchanged;
}

type StateAt<Step extends OrderStep> = Extract<OrderState, { step: Step }>;

/** The transitions from one step, by type of input. Other inputs change nothing. */
type Rules<Step extends OrderStep> = {
  [Type in OrderTransitionInput['type']]?: (state: StateAt<Step>, input: InputOfType<Type>) => Transition;
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
  stock_reserved: () => moved({ step: 'AWAITING_PAYMENT', attempt: 0, unreachableAttempts: 0 }),
  // An earlier call may still be in flight: its stock must be released before the draft is deleted.
  reservation_rejected: () => abandoned,
  reservation_abandoned: () => abandoned,
  time_passed: (_draft, { isOverdue }) => (isOverdue ? abandoned : unchanged),
  payment_succeeded: () => contradiction,
};

const whileAbandoning: Rules<'ABANDONING'> = {
  stock_released: () => removed,
  payment_succeeded: () => contradiction,
};

const whileAwaitingPayment: Rules<'AWAITING_PAYMENT'> = {
  payment_started({ attempt, unreachableAttempts }, { paymentMethod, returnUrl, ...limits }) {
    if (!canBePaid({ attempt, unreachableAttempts }, limits)) return unchanged;
    // Unreachable attempts keep their numbers: a number identifies one charge.
    return moved({
      step: 'PAYING',
      attempt: attempt + 1,
      unreachableAttempts,
      paymentMethod,
      returnUrl,
      resumed: false,
    });
  },
  cancelled: ({ attempt }, { by }) => moved(unpaid(attempt, by)),
  time_passed({ attempt }, { isOverdue }) {
    return isOverdue ? moved(unpaid(attempt, 'EXPIRED')) : unchanged;
  },
  // A later attempt than the order knows: its record was lost when the database was restored.
  payment_succeeded: ({ attempt }, input) => charged({ attempt: Math.max(attempt, input.attempt) }, input),
};

const whilePaying: Rules<'PAYING'> = {
  payment_succeeded: charged,
  payment_failed: ofItsAttempt(({ attempt, unreachableAttempts }, { retry }) =>
    retry && canBePaid({ attempt, unreachableAttempts }, retry)
      ? payableAgain({ attempt, unreachableAttempts })
      : moved(unpaid(attempt, 'PAYMENT_FAILED')),
  ),
  payment_not_sent: ofItsAttempt(payableAgain),
  payment_not_possible: ofItsAttempt(payableAgain),
  payment_unreachable: ofItsAttempt(({ attempt, unreachableAttempts, resumed }) =>
    resumed ? unchanged : payableAgain({ attempt, unreachableAttempts: unreachableAttempts + 1 }),
  ),
  attempt_resumed: ofItsAttempt((state) => (state.resumed ? unchanged : moved({ ...state, resumed: true }))),
};

function ofItsAttempt<Input extends { attempt: number }>(
  rule: (state: StateAt<'PAYING'>, input: Input) => Transition,
) {
  return (state: StateAt<'PAYING'>, input: Input) =>
    input.attempt === state.attempt ? rule(state, input) : unchanged;
}

function payableAgain({ attempt, unreachableAttempts }: PaymentAttempts): Transition {
  return moved({ step: 'AWAITING_PAYMENT', attempt, unreachableAttempts });
}

/**
 * Whether another payment may start. Attempts that did not reach the payment subgraph do not count.
 */
function canBePaid(
  { attempt, unreachableAttempts }: PaymentAttempts,
  { isOverdue, maximumAttempts }: PaymentLimits,
): boolean {
  return !isOverdue && attempt - unreachableAttempts < maximumAttempts;
}

/** The order's last attempt was charged. A wrong amount is refunded. */
function charged(state: { attempt: number }, input: InputOfType<'payment_succeeded'>): Transition {
  const { attempt, paymentId } = input;
  if (attempt !== state.attempt || attempt === 0) return contradiction;
  if (input.amountMatches) return moved({ step: 'COMMITTING', attempt, paymentId });
  return moved({ step: 'REFUNDING', attempt, paymentId, reason: 'PAYMENT_FAILED' });
}

const whileConfirmed: Rules<'COMMITTING' | 'SETTLED'> = {
  cancelled({ attempt, paymentId }, { by }) {
    return by === 'ADMIN' ? moved({ step: 'REFUNDING', attempt, paymentId, reason: 'ADMIN' }) : unchanged;
  },
  payment_succeeded: (state, { paymentId }) => (paymentId === state.paymentId ? unchanged : contradiction),
  // The cancellation that requested the refund was lost when the database was restored.
  charge_refunded({ attempt, paymentId }, { paymentId: refunded, revision }) {
    if (refunded !== paymentId) return unchanged;
    return moved({ step: 'RELEASING', attempt, paymentId, reason: 'ADMIN', refundRevision: revision });
  },
};

const whileCancelled: Rules<'REFUNDING' | 'RELEASING' | 'CLOSED'> = {
  /** A late charge is refunded, unless its refund was already requested. */
  payment_succeeded({ attempt, paymentId, reason }, input) {
    if (input.paymentId === paymentId) return unchanged;
    return moved({ step: 'REFUNDING', attempt, paymentId: input.paymentId, reason });
  },
};

/** The first revision of a refund: requested. */
const startedRevision = 1;

/** The payment subgraph has stored the refund: the stock is released next. */
function refundAccepted(
  { attempt, paymentId, reason }: StateAt<'REFUNDING'>,
  input: { paymentId: string; revision?: number },
): Transition {
  if (input.paymentId !== paymentId) return unchanged;
  const refundRevision = input.revision ?? startedRevision;
  return moved({ step: 'RELEASING', attempt, paymentId, reason, refundRevision });
}

/**
 * Changes only the timeline, and only for a higher revision: events can be repeated and reordered.
 */
function refundProgressed(
  state: StateAt<'RELEASING' | 'CLOSED'>,
  { paymentId, revision }: { paymentId: string; revision: number },
): Transition {
  const isNewer = paymentId === state.paymentId && revision > state.refundRevision;
  return isNewer ? moved({ ...state, refundRevision: revision }) : unchanged;
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
