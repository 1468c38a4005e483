import type { OrderCase, OrderRecord, ReservationRecord } from '../state/state-record';
import { invariants, type InvariantChecks } from './invariant';

const restingSteps = new Set(['AWAITING_PAYMENT', 'SETTLED', 'CLOSED']);
/** Steps at which the stock is about to change, or may have changed already. */
const stepsThatMoveStock = new Set(['RESERVING', 'ABANDONING', 'COMMITTING', 'REFUNDING', 'RELEASING']);
const reservationOfStatus = { PENDING: 'HELD', CONFIRMED: 'COMMITTED', CANCELLED: 'RELEASED' } as const;

/** Each order reaches a final step, and its reservation matches it. */
export function* checkOrder(one: OrderCase, nowMs: number): InvariantChecks {
  const { orderId, order, reservation } = one;
  if (order) yield* checkProgress(order, one, nowMs);
  if (order?.status && !stepsThatMoveStock.has(order.step))
    yield* checkStock(order, order.status, reservation);
  if (reservation && reservation.status !== 'RELEASED') {
    yield {
      invariant: 'reservation-has-order',
      problem: order
        ? undefined
        : `a reservation is ${reservation.status} for ${orderId}, which does not exist`,
      sinceMs: reservation.sinceMs,
    };
  }
}

function* checkProgress(
  { orderId, step, sinceMs, expiresAtMs }: OrderRecord,
  { payments }: OrderCase,
  nowMs: number,
): InvariantChecks {
  const invariant = 'order-decided';
  if (step === 'AWAITING_PAYMENT') {
    const overdueSinceMs = expiresAtMs ?? nowMs;
    const isOverdue = overdueSinceMs < nowMs;
    const problem = isOverdue ? `order ${orderId} has expired and still awaits payment` : undefined;
    yield { invariant, problem, sinceMs: overdueSinceMs };
    return;
  }
  // Its poller retries the request; the order subgraph's log contains the responses of the payment
  // subgraph.
  const missing = step === 'PAYING' && payments.length === 0 ? ', and payment has no attempt of it' : '';
  const problem = restingSteps.has(step) ? undefined : `order ${orderId} is still at ${step}${missing}`;
  // As long as its payment may be undecided.
  const withinMs = invariants[step === 'PAYING' ? 'payment-decided' : invariant].withinMs;
  yield { invariant, problem, sinceMs, withinMs };
}

function* checkStock(
  { orderId, lines, sinceMs }: OrderRecord,
  status: NonNullable<OrderRecord['status']>,
  reservation: ReservationRecord | undefined,
): InvariantChecks {
  yield {
    invariant: 'stock-follows-order',
    problem: stockProblem(),
    sinceMs: Math.max(sinceMs, reservation?.sinceMs ?? 0),
  };

  function stockProblem(): string | undefined {
    if (reservation?.status !== reservationOfStatus[status])
      return `order ${orderId} is ${status}, its reservation ${reservation?.status ?? 'missing'}`;
    if (status !== 'CANCELLED' && reservation.lines !== lines)
      return `order ${orderId} has [${lines}], its reservation [${reservation.lines}]`;
    return undefined;
  }
}
