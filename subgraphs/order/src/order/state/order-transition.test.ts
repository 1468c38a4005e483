import { entryAndKeyEffect } from '../steps/order-effects';
import {
  type OrderState,
  type OrderStep,
  type OrderTransitionInput,
  columnsOf,
  stateOf,
} from './order-state';
import { transition } from './order-transition';

const paymentId = 'P';
const reason = 'CUSTOMER';

const states: Record<OrderStep, OrderState> = {
  RESERVING: { step: 'RESERVING', attempt: 0 },
  ABANDONING: { step: 'ABANDONING', attempt: 0 },
  AWAITING_PAYMENT: { step: 'AWAITING_PAYMENT', attempt: 1, unreachableAttempts: 0 },
  PAYING: {
    step: 'PAYING',
    attempt: 1,
    unreachableAttempts: 0,
    paymentMethod: 'card',
    returnUrl: null,
    resumed: false,
  },
  COMMITTING: { step: 'COMMITTING', attempt: 1, paymentId },
  SETTLED: { step: 'SETTLED', attempt: 1, paymentId },
  REFUNDING: { step: 'REFUNDING', attempt: 1, paymentId, reason },
  RELEASING: { step: 'RELEASING', attempt: 1, paymentId: null, reason, refundRevision: 0 },
  CLOSED: { step: 'CLOSED', attempt: 1, paymentId: null, reason, refundRevision: 0 },
};

const inputs = {
  reserved: { type: 'stock_reserved', placement: { lines: [], currency: 'EUR', totalCents: 0 } },
  rejected: { type: 'reservation_rejected', rejection: { kind: 'OUT_OF_STOCK', shortages: [] } },
  abandoned: { type: 'reservation_abandoned' },
  started: {
    type: 'payment_started',
    paymentMethod: 'card',
    returnUrl: null,
    isOverdue: false,
    maximumAttempts: 2,
  },
  startedLate: {
    type: 'payment_started',
    paymentMethod: 'card',
    returnUrl: null,
    isOverdue: true,
    maximumAttempts: 2,
  },
  startedTooOften: {
    type: 'payment_started',
    paymentMethod: 'card',
    returnUrl: null,
    isOverdue: false,
    maximumAttempts: 1,
  },
  resumed: { type: 'attempt_resumed', attempt: 1 },
  resumedBefore: { type: 'attempt_resumed', attempt: 0 },
  succeeded: { type: 'payment_succeeded', attempt: 1, paymentId, amountMatches: true },
  succeededWrongAmount: { type: 'payment_succeeded', attempt: 1, paymentId, amountMatches: false },
  succeededOther: { type: 'payment_succeeded', attempt: 2, paymentId: 'Q', amountMatches: true },
  failed: { type: 'payment_failed', attempt: 1, paymentId, retry: null },
  failedOther: { type: 'payment_failed', attempt: 2, paymentId, retry: null },
  failedRetry: {
    type: 'payment_failed',
    attempt: 1,
    paymentId,
    retry: { isOverdue: false, maximumAttempts: 2 },
  },
  failedRetryOther: {
    type: 'payment_failed',
    attempt: 2,
    paymentId,
    retry: { isOverdue: false, maximumAttempts: 3 },
  },
  failedOverdue: {
    type: 'payment_failed',
    attempt: 1,
    paymentId,
    retry: { isOverdue: true, maximumAttempts: 2 },
  },
  failedLastAttempt: {
    type: 'payment_failed',
    attempt: 1,
    paymentId,
    retry: { isOverdue: false, maximumAttempts: 1 },
  },
  notSent: { type: 'payment_not_sent', attempt: 1 },
  notPossible: { type: 'payment_not_possible', attempt: 1, paymentId, failureCode: 'unpayable_amount' },
  notPossibleOther: { type: 'payment_not_possible', attempt: 2, paymentId, failureCode: 'unpayable_amount' },
  notSentOther: { type: 'payment_not_sent', attempt: 2 },
  unreachable: { type: 'payment_unreachable', attempt: 1 },
  committed: { type: 'stock_committed' },
  refundStarted: { type: 'refund_started', paymentId },
  refundStartedOther: { type: 'refund_started', paymentId: 'Q' },
  refunded: { type: 'charge_refunded', paymentId, revision: 2 },
  refundedOther: { type: 'charge_refunded', paymentId: 'Q', revision: 2 },
  refundFailed: { type: 'refund_failed', paymentId, revision: 3, failureCode: 'declined' },
  nothingRefunded: { type: 'nothing_refunded', paymentId },
  nothingRefundedOther: { type: 'nothing_refunded', paymentId: 'Q' },
  released: { type: 'stock_released' },
  cancelledByCustomer: { type: 'cancelled', by: 'CUSTOMER' },
  cancelledByAdmin: { type: 'cancelled', by: 'ADMIN' },
  overdue: { type: 'time_passed', isOverdue: true },
  notOverdue: { type: 'time_passed', isOverdue: false },
} satisfies Record<string, OrderTransitionInput>;

type InputName = keyof typeof inputs;
type Consequence = OrderState | 'removed' | 'contradiction';

/** All transitions. Every other input leaves the order unchanged. */
const consequences: Record<OrderStep, Partial<Record<InputName, Consequence>>> = {
  RESERVING: {
    reserved: { step: 'AWAITING_PAYMENT', attempt: 0, unreachableAttempts: 0 },
    rejected: states.ABANDONING,
    abandoned: states.ABANDONING,
    overdue: states.ABANDONING,
    succeeded: 'contradiction',
    succeededWrongAmount: 'contradiction',
    succeededOther: 'contradiction',
  },
  ABANDONING: {
    released: 'removed',
    succeeded: 'contradiction',
    succeededWrongAmount: 'contradiction',
    succeededOther: 'contradiction',
  },
  AWAITING_PAYMENT: {
    started: {
      step: 'PAYING',
      attempt: 2,
      unreachableAttempts: 0,
      paymentMethod: 'card',
      returnUrl: null,
      resumed: false,
    },
    cancelledByCustomer: {
      step: 'RELEASING',
      attempt: 1,
      paymentId: null,
      reason: 'CUSTOMER',
      refundRevision: 0,
    },
    cancelledByAdmin: { step: 'RELEASING', attempt: 1, paymentId: null, reason: 'ADMIN', refundRevision: 0 },
    overdue: { step: 'RELEASING', attempt: 1, paymentId: null, reason: 'EXPIRED', refundRevision: 0 },
    succeeded: { step: 'COMMITTING', attempt: 1, paymentId },
    succeededWrongAmount: { step: 'REFUNDING', attempt: 1, paymentId, reason: 'PAYMENT_FAILED' },
    succeededOther: { step: 'COMMITTING', attempt: 2, paymentId: 'Q' },
  },
  PAYING: {
    succeeded: { step: 'COMMITTING', attempt: 1, paymentId },
    succeededWrongAmount: { step: 'REFUNDING', attempt: 1, paymentId, reason: 'PAYMENT_FAILED' },
    succeededOther: 'contradiction',
    failed: { step: 'RELEASING', attempt: 1, paymentId: null, reason: 'PAYMENT_FAILED', refundRevision: 0 },
    failedRetry: { step: 'AWAITING_PAYMENT', attempt: 1, unreachableAttempts: 0 },
    failedOverdue: {
      step: 'RELEASING',
      attempt: 1,
      paymentId: null,
      reason: 'PAYMENT_FAILED',
      refundRevision: 0,
    },
    failedLastAttempt: {
      step: 'RELEASING',
      attempt: 1,
      paymentId: null,
      reason: 'PAYMENT_FAILED',
      refundRevision: 0,
    },
    notSent: { step: 'AWAITING_PAYMENT', attempt: 1, unreachableAttempts: 0 },
    notPossible: { step: 'AWAITING_PAYMENT', attempt: 1, unreachableAttempts: 0 },
    unreachable: { step: 'AWAITING_PAYMENT', attempt: 1, unreachableAttempts: 1 },
    resumed: {
      step: 'PAYING',
      attempt: 1,
      unreachableAttempts: 0,
      paymentMethod: 'card',
      returnUrl: null,
      resumed: true,
    },
  },
  COMMITTING: {
    committed: states.SETTLED,
    cancelledByAdmin: { step: 'REFUNDING', attempt: 1, paymentId, reason: 'ADMIN' },
    refunded: { step: 'RELEASING', attempt: 1, paymentId, reason: 'ADMIN', refundRevision: 2 },
    succeededOther: 'contradiction',
  },
  SETTLED: {
    cancelledByAdmin: { step: 'REFUNDING', attempt: 1, paymentId, reason: 'ADMIN' },
    refunded: { step: 'RELEASING', attempt: 1, paymentId, reason: 'ADMIN', refundRevision: 2 },
    succeededOther: 'contradiction',
  },
  REFUNDING: {
    refundStarted: { step: 'RELEASING', attempt: 1, paymentId, reason, refundRevision: 1 },
    refunded: { step: 'RELEASING', attempt: 1, paymentId, reason, refundRevision: 2 },
    refundFailed: { step: 'RELEASING', attempt: 1, paymentId, reason, refundRevision: 3 },
    nothingRefunded: { step: 'RELEASING', attempt: 1, paymentId, reason, refundRevision: 1 },
    succeededOther: { step: 'REFUNDING', attempt: 1, paymentId: 'Q', reason },
  },
  RELEASING: {
    released: states.CLOSED,
    succeeded: states.REFUNDING,
    succeededWrongAmount: states.REFUNDING,
    succeededOther: { step: 'REFUNDING', attempt: 1, paymentId: 'Q', reason },
  },
  CLOSED: {
    succeeded: states.REFUNDING,
    succeededWrongAmount: states.REFUNDING,
    succeededOther: { step: 'REFUNDING', attempt: 1, paymentId: 'Q', reason },
  },
};

const everything = (Object.keys(states) as OrderStep[]).flatMap((step) =>
  (Object.keys(inputs) as InputName[]).map((input) => ({
    step,
    input,
    consequence: consequences[step][input],
  })),
);

test.each(everything)('transition from $step with the input $input', ({ step, input, consequence }) => {
  const expected =
    consequence === undefined
      ? { kind: 'unchanged' }
      : typeof consequence === 'string'
        ? { kind: consequence }
        : { kind: 'moved', state: consequence };
  expect(transition(states[step], inputs[input])).toEqual(expected);
});

test('payment_unreachable does not change an attempt that the poller has resumed', () => {
  const resumed: OrderState = {
    step: 'PAYING',
    attempt: 1,
    unreachableAttempts: 0,
    paymentMethod: null,
    returnUrl: null,
    resumed: true,
  };
  expect(transition(resumed, inputs.unreachable)).toEqual({ kind: 'unchanged' });
  expect(transition(resumed, inputs.resumed)).toEqual({ kind: 'unchanged' });
  expect(transition(resumed, inputs.notSent)).toMatchObject({
    kind: 'moved',
    state: { step: 'AWAITING_PAYMENT' },
  });
});

/** The order after `count` attempts that all ended with this input. */
function afterAttempts(count: number, endedWith: 'payment_not_sent' | 'payment_unreachable'): OrderState {
  let state: OrderState = { step: 'AWAITING_PAYMENT', attempt: 0, unreachableAttempts: 0 };
  for (let begun = 0; begun < count; begun += 1) {
    state = stateAfter(state, inputs.started);
    state = stateAfter(state, { type: endedWith, attempt: state.attempt });
  }
  return state;
}

function stateAfter(state: OrderState, input: OrderTransitionInput): OrderState {
  const change = transition(state, input);
  if (change.kind !== 'moved') throw new Error(`${input.type} changes nothing at ${state.step}`);
  return change.state;
}

test('unreachable attempts do not count towards the limit, and keep their numbers', () => {
  const unreachable = afterAttempts(5, 'payment_unreachable');
  expect(unreachable).toEqual({ step: 'AWAITING_PAYMENT', attempt: 5, unreachableAttempts: 5 });
  const next = stateAfter(unreachable, inputs.started);
  expect(next).toMatchObject({ step: 'PAYING', attempt: 6, unreachableAttempts: 5 });
  const unsent = stateAfter(next, { type: 'payment_not_sent', attempt: 6 });
  expect(transition(unsent, inputs.startedTooOften)).toEqual({ kind: 'unchanged' });
  expect(transition(unsent, inputs.started)).toMatchObject({ kind: 'moved', state: { attempt: 7 } });
});

test('with PAYMENT_DECLINE=retry, the last allowed decline cancels the order; unreachable attempts do not count', () => {
  const retry = { isOverdue: false, maximumAttempts: 2 };
  let state = afterAttempts(3, 'payment_unreachable');
  for (const attempt of [4, 5]) {
    state = stateAfter(state, inputs.started);
    state = stateAfter(state, { type: 'payment_failed', attempt, paymentId, retry });
    const isLast = attempt === 5;
    expect(state).toMatchObject(
      isLast
        ? { step: 'RELEASING', attempt, paymentId: null, reason: 'PAYMENT_FAILED' }
        : { step: 'AWAITING_PAYMENT', attempt, unreachableAttempts: 3 },
    );
  }
});

test('with PAYMENT_DECLINE=retry, inputs about a declined attempt do not change the next one', () => {
  const next: OrderState = { ...states.PAYING, attempt: 2 } as OrderState;
  for (const input of [
    inputs.failed,
    inputs.failedRetry,
    inputs.failedOverdue,
    inputs.notSent,
    inputs.refunded,
  ])
    expect(transition(next, input)).toEqual({ kind: 'unchanged' });
  // The payment subgraph allows one live attempt per order, so an operator must investigate this
  // success.
  expect(transition(next, inputs.succeeded)).toEqual({ kind: 'contradiction' });
});

test('attempts that the payment subgraph rejected count towards the limit', () => {
  const unsent = afterAttempts(2, 'payment_not_sent');
  expect(transition(unsent, inputs.started)).toEqual({ kind: 'unchanged' });
});

test('an attempt stores its outcome with its key, or deletes the key', () => {
  for (const input of Object.values(inputs)) {
    const change = transition(states.PAYING, input);
    if (change.kind !== 'moved' || change.state.step === 'PAYING') continue;
    const isFree = { operation: 'payOrder', attempt: states.PAYING.attempt, outcome: null };
    const remembered: Partial<Record<OrderTransitionInput['type'], object>> = {
      payment_failed: { kind: 'DECLINED', paymentId },
      payment_not_possible: { kind: 'NOT_POSSIBLE', paymentId, failureCode: 'unpayable_amount' },
    };
    if (change.state.step === 'AWAITING_PAYMENT')
      expect(entryAndKeyEffect(input, change.state).keyEffect).toEqual({
        ...isFree,
        outcome: remembered[input.type] ?? null,
      });
    else expect(change.state.attempt).toBe(states.PAYING.attempt);
  }
});

test('a decided order keeps the number of its last attempt', () => {
  for (const step of ['COMMITTING', 'SETTLED', 'REFUNDING', 'RELEASING', 'CLOSED'] as const) {
    for (const input of Object.values(inputs)) {
      const change = transition(states[step], input);
      if (change.kind === 'moved') expect(change.state.attempt).toBe(states[step].attempt);
    }
  }
});

test('a refunded charge is not refunded again', () => {
  const closed: OrderState = { step: 'CLOSED', attempt: 1, paymentId, reason: 'ADMIN', refundRevision: 2 };
  expect(transition(closed, inputs.succeeded)).toEqual({ kind: 'unchanged' });
});

test.each(['RELEASING', 'CLOSED'] as const)(
  'refund events at %s change only the revision, and only to a higher one',
  (step) => {
    const started: OrderState = { step, attempt: 1, paymentId, reason: 'ADMIN', refundRevision: 1 };
    const refunded = stateAfter(started, inputs.refunded);
    const failed = stateAfter(refunded, inputs.refundFailed);
    expect([refunded, failed]).toEqual([
      { ...started, refundRevision: 2 },
      { ...started, refundRevision: 3 },
    ]);
    expect(stateAfter(started, inputs.refundFailed)).toEqual(failed);
    for (const late of [inputs.refundStarted, inputs.refunded, inputs.refundFailed, inputs.refundedOther])
      expect(transition(failed, late)).toEqual({ kind: 'unchanged' });
  },
);

test('payment_succeeded without any attempt is a contradiction', () => {
  const fresh: OrderState = { step: 'AWAITING_PAYMENT', attempt: 0, unreachableAttempts: 0 };
  expect(transition(fresh, { ...inputs.succeeded, attempt: 0 })).toEqual({ kind: 'contradiction' });
});

test('no input returns a CANCELLED or CONFIRMED order to PENDING', () => {
  const decided: OrderStep[] = ['COMMITTING', 'SETTLED', 'REFUNDING', 'RELEASING', 'CLOSED'];
  for (const step of decided) {
    for (const input of Object.values(inputs)) {
      const change = transition(states[step], input);
      if (change.kind === 'moved') expect(decided).toContain(change.state.step);
    }
  }
});

test.each(Object.values(states))('columnsOf and stateOf round-trip the state $step', (state) => {
  expect(stateOf(columnsOf(state))).toEqual(state);
});
