import type { PaymentEvent } from '@shop/events/contracts';
import type { EventHandlers } from '@shop/events/inbox';
import type { Transaction } from '@shop/kit/database';
import { type DeclinePolicy, paymentFailed } from '../order/state/decline-policy';
import type { OrderFact } from '../order/state/order-fact';
import type { OrderRecorder } from '../order/steps/order-recorder';
import { scheduleAdvanceNow } from '../order/state/order-schedule';
import { settledByOperator } from '../order/state/order-timeline';
import type { LockedOrder } from '../order/persistence/order.repository';

/** What payment tells about attempts moves their orders; the order's job then takes the steps that follow. */
export function paymentEventHandlers(recorder: OrderRecorder, declinePolicy: DeclinePolicy): EventHandlers {
  const handle = async (transaction: Transaction, event: PaymentEvent) => {
    const { orderId } = event.data;
    const recorded = await recorder.recordIn(transaction, orderId, (order) =>
      factOf(event, order, declinePolicy),
    );
    if (recorded === 'moved') await scheduleAdvanceNow(transaction, orderId);
    // The order's job got the outcome before this event: the timeline still needs the operator's reason.
    if (recorded === 'unchanged') await noteSettlement(transaction, event);
    const isMoneyAstray =
      event.type === 'payment.succeeded' && (recorded === 'contradiction' || recorded === 'missing');
    // Refused, so that it ends among the dead letters, where somebody looks at it.
    if (isMoneyAstray)
      throw new Error(`payment ${event.data.paymentId} succeeded for an order that cannot have it`);
  };
  const noteSettlement = async (transaction: Transaction, { type, data }: PaymentEvent) => {
    if ((type !== 'payment.succeeded' && type !== 'payment.failed') || data.reason === undefined) return;
    const outcome = type === 'payment.succeeded' ? 'succeeded' : 'failed';
    await recorder.note(transaction, data.orderId, settledByOperator(outcome, data.reason));
  };
  return {
    types: ['payment.succeeded', 'payment.failed', 'payment.refunded', 'payment.refund_failed'],
    async handle(transaction, events: readonly PaymentEvent[]) {
      for (const event of events) await handle(transaction, event);
    },
  };
}

function factOf({ type, data }: PaymentEvent, order: LockedOrder, declinePolicy: DeclinePolicy): OrderFact {
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
