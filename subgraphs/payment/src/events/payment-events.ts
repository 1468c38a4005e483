import { createEvent, type PaymentEvent } from '@shop/events/contracts';
import { isNotPossible } from '../charge/finding';
import type { Payment } from '../payment/payment.entity';

/** The event that tells that a charge was given back. */
export function toRefundEvent({ id, orderId, attempt, amountCents, currency }: Payment): PaymentEvent {
  const data = { paymentId: id, orderId, attempt, amountCents, currency };
  return createEvent({ source: 'payment', type: 'payment.refunded', subject: id, data });
}

/**
 * The event that tells how an attempt was decided.
 *
 * @param reason why an operator has settled it by hand; left out, it was decided automatically
 * @throws Error for a payment that is neither SUCCEEDED nor FAILED
 */
export function toPaymentEvent(payment: Payment, reason?: string): PaymentEvent {
  const { id, orderId, attempt, amountCents, currency, failureCode, sent, status } = payment;
  const fact = {
    source: 'payment',
    subject: id,
    data: {
      ...{ paymentId: id, orderId, attempt, amountCents, currency, failureCode, sent },
      ...(reason === undefined ? {} : { settledBy: 'operator' as const, reason }),
    },
  };
  if (status === 'SUCCEEDED') return createEvent({ ...fact, type: 'payment.succeeded' });
  if (status === 'FAILED') {
    const data = { ...fact.data, permanent: isNotPossible(payment) };
    return createEvent({ ...fact, type: 'payment.failed', data });
  }
  throw new Error(`a payment that is ${status} has no outcome to tell`);
}
