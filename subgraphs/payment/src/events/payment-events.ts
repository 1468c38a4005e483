import type { HttpSubscribers } from '@shop/events/bus';
import { createEvent, type PaymentEvent } from '@shop/events/contracts';
import { createServiceCredentials } from '@shop/kit/auth';
import { createPeer } from '@shop/kit/peer';
import type { ServiceBase } from '@shop/kit/subgraph';
import type { PaymentSettings } from '../config';
import { isNotPossible, type Payment } from '../payment/payment.entity';

/** @param revision of the refund */
export function toRefundEvent(payment: Payment, revision: number): PaymentEvent {
  const data = { ...chargeOf(payment), revision };
  return createEvent({ source: 'payment', type: 'payment.refunded', subject: payment.id, data });
}

/** A refund has failed, possibly after it succeeded. */
export function toRefundFailedEvent(
  payment: Payment,
  { failureCode, revision }: { failureCode: string; revision: number },
): PaymentEvent {
  const data = { ...chargeOf(payment), failureCode, revision };
  return createEvent({ source: 'payment', type: 'payment.refund_failed', subject: payment.id, data });
}

/** An attempt with its outcome. */
type DecidedPayment = Pick<
  Payment,
  'id' | 'orderId' | 'attempt' | 'amountCents' | 'currency' | 'status' | 'sent' | 'failureCode'
>;

function chargeOf({ id, orderId, attempt, amountCents, currency }: Payment) {
  return { paymentId: id, orderId, attempt, amountCents, currency };
}

/**
 * The event about the outcome of an attempt.
 *
 * @param reason of a manual settlement; omitted if it was decided automatically
 * @throws Error for a payment that is neither SUCCEEDED nor FAILED
 */
export function toPaymentEvent(payment: DecidedPayment, reason?: string): PaymentEvent {
  const { id, orderId, attempt, amountCents, currency, failureCode, sent, status } = payment;
  const attributes = {
    source: 'payment',
    subject: id,
    data: {
      ...{ paymentId: id, orderId, attempt, amountCents, currency, failureCode, sent },
      ...(reason === undefined ? {} : { settledBy: 'operator' as const, reason }),
    },
  };
  if (status === 'SUCCEEDED') return createEvent({ ...attributes, type: 'payment.succeeded' });
  if (status === 'FAILED') {
    const data = { ...attributes.data, permanent: isNotPossible(payment) };
    return createEvent({ ...attributes, type: 'payment.failed', data });
  }
  throw new Error(`payment ${id} is ${status}, so it has no outcome to publish`);
}

/** The services that receive events over HTTP if there is no broker. */
export function connectSubscribers({
  settings,
  logger,
  onClose,
}: ServiceBase<PaymentSettings>): HttpSubscribers {
  const credentials = createServiceCredentials({ service: 'payment', keyFile: settings.SERVICE_KEY_FILE });
  const peer = createPeer({ name: 'order', url: settings.ORDER_URL, credentials, logger });
  onClose(() => peer.close());
  return {
    order: {
      peer,
      types: ['payment.succeeded', 'payment.failed', 'payment.refunded', 'payment.refund_failed'],
    },
  };
}
