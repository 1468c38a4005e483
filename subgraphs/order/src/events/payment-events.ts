import type { PaymentEvent, ShopEvent } from '@shop/events/contracts';
import type { EventHandlers } from '@shop/events/inbox';
import type { Transaction } from '@shop/kit/database';
import { runInTrace } from '@shop/kit/telemetry';
import type { OrderRow } from '../order/persistence/order.entity';
import type { OrderDetailsRepository } from '../order/persistence/order-details.repository';
import type { OrderRepository } from '../order/persistence/order.repository';
import { type DeclinePolicy, paymentFailed } from '../order/steps/pay.step';
import type { OrderTransitionInput } from '../order/state/order-state';
import { settledByOperator } from '../order/steps/order-effects';
import type { OrderRecorder, Recorded } from '../order/steps/order-recorder';

interface HandlerParts {
  orders: OrderRepository;
  details: OrderDetailsRepository;
  recorder: OrderRecorder;
  declinePolicy: DeclinePolicy;
}

/** Applies events of the payment subgraph to orders. The poller then runs the steps that follow. */
export function paymentEventHandlers(parts: HandlerParts): EventHandlers {
  return {
    types: ['payment.succeeded', 'payment.failed', 'payment.refunded', 'payment.refund_failed'],
    // Usually the request has recorded the outcome already, so nothing but the read is done.
    async handle(transaction, events) {
      const sorted = events.filter(isPaymentEvent).toSorted(byOrder);
      const ids = [...new Set(sorted.map(({ data }) => data.orderId))];
      const read = await parts.orders.findByIds(ids, transaction);
      const orders = new Map<string, OrderRow | null>(read.map((order) => [order.id, order]));
      const counts: (() => void)[] = [];
      const afterCommit = (count: () => void) => void counts.push(count);
      for (const event of sorted) {
        const { orderId } = event.data;
        const order = orders.get(orderId) ?? null;
        const handled = runInTrace(event.traceparent, () =>
          handleOne(transaction, event, order, { ...parts, afterCommit }),
        );
        orders.set(orderId, await handled);
      }
      const hasMoved = read.some(({ id, version }) => orders.get(id)?.version !== version);
      if (!hasMoved) return undefined;
      return () => {
        for (const count of counts) count();
        parts.recorder.wakeAfterCommit();
      };
    },
  };
}

function isPaymentEvent(event: ShopEvent): event is PaymentEvent {
  return event.source === 'payment';
}

/**
 * Sorts by order ID, so that concurrent batches cannot deadlock. The sort is stable: each order's
 * events keep their sequence.
 */
function byOrder(a: PaymentEvent, b: PaymentEvent): number {
  if (a.data.orderId === b.data.orderId) return 0;
  return a.data.orderId < b.data.orderId ? -1 : 1;
}

/**
 * @param order after the batch's earlier events; null if it does not exist
 * @returns the order after this event
 */
async function handleOne(
  transaction: Transaction,
  event: PaymentEvent,
  order: OrderRow | null,
  {
    recorder,
    declinePolicy,
    details,
    afterCommit,
  }: HandlerParts & { afterCommit: (count: () => void) => void },
): Promise<OrderRow | null> {
  const recorded: Recorded = order
    ? await recorder.record(order, (current) => toTransitionInput(event, current, declinePolicy), {
        transaction,
        afterCommit,
        isCallerAdvancing: false,
      })
    : { kind: 'removed', order: null };
  // The outcome was recorded before this event arrived: the timeline still lacks the operator's
  // reason.
  if (recorded.kind === 'unchanged') await noteSettlement(transaction, event, details);
  const isUnexpectedCharge =
    event.type === 'payment.succeeded' && (recorded.kind === 'contradiction' || recorded.kind === 'removed');
  // The error moves the event to the dead letters, which an operator must check.
  if (isUnexpectedCharge)
    throw new Error(
      `payment ${event.data.paymentId} succeeded, but the state of order ${event.data.orderId} does not allow it`,
    );
  return recorded.order;
}

async function noteSettlement(
  transaction: Transaction,
  { type, data }: PaymentEvent,
  details: OrderDetailsRepository,
): Promise<void> {
  if ((type !== 'payment.succeeded' && type !== 'payment.failed') || data.reason === undefined) return;
  const outcome = type === 'payment.succeeded' ? 'succeeded' : 'failed';
  const message = settledByOperator(outcome, data.reason);
  await details.insertEntry(transaction, { orderId: data.orderId, message });
}

function toTransitionInput(
  { type, data }: PaymentEvent,
  order: OrderRow,
  declinePolicy: DeclinePolicy,
): OrderTransitionInput {
  const { attempt, paymentId } = data;
  const settlement = 'reason' in data && data.reason !== undefined ? { operatorReason: data.reason } : {};
  switch (type) {
    case 'payment.succeeded': {
      const amountMatches = data.amountCents === order.totalCents && data.currency === order.currency;
      return { type: 'payment_succeeded', attempt, paymentId, amountMatches, ...settlement };
    }
    case 'payment.failed':
      if (data.sent) return paymentFailed(declinePolicy, order, { attempt, paymentId, ...settlement });
      return data.permanent
        ? { type: 'payment_not_possible', attempt, paymentId, failureCode: data.failureCode }
        : { type: 'payment_not_sent', attempt };
    case 'payment.refunded':
      return { type: 'charge_refunded', paymentId, revision: data.revision };
    case 'payment.refund_failed': {
      const { revision, failureCode } = data;
      return { type: 'refund_failed', paymentId, revision, failureCode };
    }
    default:
      return type satisfies never;
  }
}
