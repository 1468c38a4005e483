import type { PaymentEvent } from '@shop/events/contracts';
import type { EventHandlers } from '@shop/events/inbox';
import type { Transaction } from '@shop/kit/database';
import type { OrderFact } from '../order/order-fact';
import type { OrderRecorder } from '../order/order-recorder';
import { scheduleAdvanceNow } from '../order/order-schedule';
import type { LockedOrder } from '../order/order.repository';

/** What payment tells about attempts moves their orders; the order's job then takes the steps that follow. */
export function paymentEventHandlers(recorder: OrderRecorder): EventHandlers {
  const handle = async (transaction: Transaction, event: PaymentEvent) => {
    const { orderId } = event.data;
    const recorded = await recorder.recordIn(transaction, orderId, (order) => factOf(event, order));
    if (recorded === 'moved') await scheduleAdvanceNow(transaction, orderId);
    const isMoneyAstray =
      event.type === 'payment.succeeded' && (recorded === 'contradiction' || recorded === 'missing');
    // Refused, so that it ends among the dead letters, where somebody looks at it.
    if (isMoneyAstray)
      throw new Error(`payment ${event.data.paymentId} succeeded for an order that cannot have it`);
  };
  return { 'payment.succeeded': handle, 'payment.failed': handle, 'payment.refunded': handle };
}

function factOf({ type, data }: PaymentEvent, order: LockedOrder): OrderFact {
  const { attempt, paymentId } = data;
  switch (type) {
    case 'payment.succeeded': {
      const amountMatches = data.amountCents === order.totalCents && data.currency === order.currency;
      return { type: 'payment_succeeded', attempt, paymentId, amountMatches };
    }
    case 'payment.failed':
      return data.sent
        ? { type: 'payment_failed', attempt, paymentId }
        : { type: 'payment_not_sent', attempt };
    case 'payment.refunded':
      return { type: 'charge_refunded', paymentId };
    default:
      return type satisfies never;
  }
}
