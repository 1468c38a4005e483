import type {
  ChargeRecord,
  OrderCase,
  OrderRecord,
  PaymentRecord,
  RefundRecord,
} from '../state/state-record';
import type { InvariantCheck, InvariantChecks } from './invariant';

const undecided: ReadonlySet<PaymentRecord['status']> = new Set(['PENDING', 'UNKNOWN', 'REQUIRES_ACTION']);

/** Each order is charged once, or refunded. */
export function* checkMoney(one: OrderCase, providersRead: ReadonlySet<string>): InvariantChecks {
  const { order, payments } = one;
  for (const payment of payments) {
    yield* checkDecision(payment);
    if (payment.status === 'SUCCEEDED') yield* checkCharge(payment, order);
  }
  if (order?.status === 'CONFIRMED') yield* checkPaid(order, payments);
  yield* checkBooks(one, providersRead);
}

function* checkDecision({ paymentId, status, refund, createdAtMs, sinceMs }: PaymentRecord): InvariantChecks {
  yield {
    invariant: 'payment-decided',
    problem: undecided.has(status) ? `payment ${paymentId} is still ${status}` : undefined,
    sinceMs: createdAtMs,
  };
  if (refund) yield checkRefund(paymentId, refund, sinceMs);
}

/**
 * A PENDING refund is in progress until a try is overdue; a FAILED one needs an operator
 * immediately.
 */
function checkRefund(paymentId: string, refund: RefundRecord, sinceMs: number): InvariantCheck {
  const invariant = 'refund-finished';
  switch (refund.status) {
    case 'PENDING': {
      const problem = `the refund of payment ${paymentId} is not finished`;
      return { invariant, problem, sinceMs: Math.max(sinceMs, refund.nextTryAtMs ?? 0) };
    }
    case 'FAILED': {
      const problem = `the refund of payment ${paymentId} failed: ${refund.failureCode ?? 'unknown'}`;
      return { invariant, problem, sinceMs, withinMs: 0 };
    }
    case 'SUCCEEDED':
      return { invariant, problem: undefined, sinceMs };
    default:
      return refund.status satisfies never;
  }
}

function* checkCharge(
  { orderId, paymentId, refund, sinceMs }: PaymentRecord,
  order: OrderRecord | undefined,
): InvariantChecks {
  // `refund-finished` checks that the refund ends.
  if (refund?.status === 'PENDING' || order?.step === 'REFUNDING') return;
  const isOwed = order?.status === 'CONFIRMED';
  yield {
    invariant: 'charge-has-order',
    problem: isOwed
      ? undefined
      : `payment ${paymentId} succeeded for ${orderId}, whose order is ${order ? (order.status ?? 'a draft') : 'missing'}${
          refund?.status === 'FAILED' ? ', and its refund failed' : ''
        }`,
    sinceMs: Math.max(sinceMs, order?.sinceMs ?? 0),
  };
}

function* checkPaid(order: OrderRecord, payments: readonly PaymentRecord[]): InvariantChecks {
  const { orderId, totalCents, currency } = order;
  const charges = payments.filter(({ status }) => status === 'SUCCEEDED');
  const [charge] = charges;
  const isPaid = charges.length === 1 && charge?.amountCents === totalCents && charge.currency === currency;
  yield {
    invariant: 'order-is-paid',
    problem: isPaid
      ? undefined
      : `order ${orderId} is CONFIRMED for ${totalCents} ${currency}, charged ${amounts(charges)}`,
    sinceMs: latest([order, ...payments]),
  };
}

function* checkBooks(
  { orderId, payments, charges }: OrderCase,
  providersRead: ReadonlySet<string>,
): InvariantChecks {
  const known = payments.filter(({ provider }) => providersRead.has(provider));
  if (known.length === 0 && charges.length === 0) return;
  if (known.some(({ status }) => undecided.has(status))) return;
  // Providers have no record of an amount of 0. The charge of a payment that was FAILED stays at
  // the provider until its refund succeeds.
  const certain = known.filter(
    (payment) =>
      !isRefundOpen(payment) && (payment.status === 'SUCCEEDED' || payment.refund?.status === 'FAILED'),
  );
  const held = charges.filter(({ isRefunded }) => !isRefunded).filter(isAboveZero);
  const recorded = amounts(withOpen(certain, known.filter(isRefundOpen), held).filter(isAboveZero));
  const charged = amounts(held);
  yield {
    invariant: 'provider-agrees',
    problem:
      recorded === charged
        ? undefined
        : `order ${orderId}: the provider has ${charged}, our records have ${recorded}`,
    sinceMs: latest([...known, ...charges]),
  };
}

const isAboveZero = ({ amountCents }: Money) => amountCents > 0;

/** `certain`, and those payments of `open` whose charge the provider still holds. */
function withOpen(certain: readonly Money[], open: readonly Money[], held: readonly Money[]): Money[] {
  const recorded = [...certain];
  for (const payment of open) {
    const count = (money: readonly Money[]) =>
      money.filter((one) => amounts([one]) === amounts([payment])).length;
    if (count(held) > count(recorded)) recorded.push(payment);
  }
  return recorded;
}

/**
 * If the outcome is unknown, or an operator has refunded by other means, the provider may hold the
 * charge or not.
 */
function isRefundOpen({ refund }: PaymentRecord): boolean {
  if (!refund) return false;
  const isUnknown = refund.status === 'PENDING' || (refund.status === 'FAILED' && !refund.isDefinite);
  return isUnknown || refund.isSettled;
}

type Money = Pick<PaymentRecord | ChargeRecord, 'amountCents' | 'currency' | 'provider'>;

function amounts(money: readonly Money[]): string {
  const each = money.map(({ amountCents, currency, provider }) => `${amountCents} ${currency} (${provider})`);
  return each.sort().join(' + ') || 'nothing';
}

function latest(records: readonly { sinceMs: number }[]): number {
  return Math.max(...records.map(({ sinceMs }) => sinceMs));
}
