import type { PaymentEvent, ShopEvent } from '@shop/events/contracts';
import type { EventHandlers } from '@shop/events/inbox';
import type { Transaction } from '@shop/kit/database';
import { runInTrace } from '@shop/kit/telemetry';
import type { OrderRow } from '../order/persistence/order-columns';
import type { OrderEventRepository } from '../order/persistence/order-event.repository';
import type { OrderRepository } from '../order/persistence/order.repository';
import { type DeclinePolicy, paymentFailed } from '../order/state/decline-policy';
import type { TransitionInput } from '../order/state/transition-input';
import { settledByOperator } from '../order/state/order-timeline';
import type { OrderRecorder, Recorded } from '../order/steps/order-recorder';

interface HandlerParts {
  orders: OrderRepository;
  orderEvents: OrderEventRepository;
  recorder: OrderRecorder;
  declinePolicy: DeclinePolicy;
}

/** Events of the payment subgraph about attempts move their orders; the poller then takes the steps that follow. */
export function paymentEventHandlers(parts: HandlerParts): EventHandlers {
  return {
    types: ['payment.succeeded', 'payment.failed', 'payment.refunded', 'payment.refund_failed'],
    // Usually the order's own request was quicker: then reading the orders is all that is done.
    async handle(transaction, events) {
      const sorted = events.filter(isPaymentEvent).toSorted(byOrder);
      const ids = [...new Set(sorted.map(({ data }) => data.orderId))];
      const read = await parts.orders.findByIds(ids, transaction);
      const orders = new Map<string, OrderRow | null>(read.map((order) => [order.id, order]));
      for (const event of sorted) {
        const { orderId } = event.data;
        const order = orders.get(orderId) ?? null;
        const handled = runInTrace(event.traceparent, () => handleOne(transaction, event, order, parts));
        orders.set(orderId, await handled);
      }
      const hasMoved = read.some(({ id, version }) => orders.get(id)?.version !== version);
      return hasMoved ? () => parts.recorder.wakeAfterCommit() : undefined;
    },
  };
}

function isPaymentEvent(event: ShopEvent): event is PaymentEvent {
  return event.source === 'payment';
}

/** In the order of the orders' ids, so that two batches cannot wait for each other. Stable: each order's own stay as they came. */
function byOrder(a: PaymentEvent, b: PaymentEvent): number {
  if (a.data.orderId === b.data.orderId) return 0;
  return a.data.orderId < b.data.orderId ? -1 : 1;
}

/**
 * @param order as it is after the batch's earlier events; null when there is none
 * @returns the order as it is then
 */
async function handleOne(
  transaction: Transaction,
  event: PaymentEvent,
  order: OrderRow | null,
  { recorder, declinePolicy, orderEvents }: HandlerParts,
): Promise<OrderRow | null> {
  const recorded: Recorded = order
    ? await recorder.record(order, (current) => factOf(event, current, declinePolicy), {
        transaction,
        isTaken: false,
      })
    : { kind: 'removed', order: null };
  // The order got the outcome before this event: the timeline still needs the operator's reason.
  if (recorded.kind === 'unchanged') await noteSettlement(transaction, event, orderEvents);
  const isMoneyAstray =
    event.type === 'payment.succeeded' && (recorded.kind === 'contradiction' || recorded.kind === 'removed');
  // Refused, so that it ends among the dead letters, where somebody looks at it.
  if (isMoneyAstray)
    throw new Error(`payment ${event.data.paymentId} succeeded for an order that cannot have it`);
  return recorded.order;
}

async function noteSettlement(
  transaction: Transaction,
  { type, data }: PaymentEvent,
  orderEvents: OrderEventRepository,
): Promise<void> {
  if ((type !== 'payment.succeeded' && type !== 'payment.failed') || data.reason === undefined) return;
  const outcome = type === 'payment.succeeded' ? 'succeeded' : 'failed';
  const message = settledByOperator(outcome, data.reason);
  await orderEvents.insert(transaction, { orderId: data.orderId, message });
}

function factOf(
  { type, data }: PaymentEvent,
  order: OrderRow,
  declinePolicy: DeclinePolicy,
): TransitionInput {
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
