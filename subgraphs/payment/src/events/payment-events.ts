import type { HttpSubscribers } from '@shop/events/bus';
import { createEvent, type PaymentEvent } from '@shop/events/contracts';
import { createServiceCredentials } from '@shop/kit/auth';
import { createPeer } from '@shop/kit/peer';
import type { ServiceBase } from '@shop/kit/subgraph';
import type { PaymentSettings } from '../config';
import { isNotPossible, type Payment } from '../payment/payment.entity';

/** An attempt with its outcome. */
type DecidedPayment = Pick<
  Payment,
  'id' | 'orderId' | 'attempt' | 'amountCents' | 'currency' | 'status' | 'sent' | 'failureCode'
>;

function chargeOf({ id, orderId, attempt, amountCents, currency }: DecidedPayment) {
  return { paymentId: id, orderId, attempt, amountCents, currency };
}

const attributesOf = ({ id }: DecidedPayment) => ({ source: 'payment', subject: id }) as const;

/** @param revision of the refund */
export function toRefundEvent(payment: Payment, revision: number): PaymentEvent {
  const data = { ...chargeOf(payment), revision };
  return createEvent({ ...attributesOf(payment), type: 'payment.refunded', data });
}

/** A refund has failed, possibly after it succeeded. */
export function toRefundFailedEvent(
  payment: Payment,
  { failureCode, revision }: { failureCode: string; revision: number },
): PaymentEvent {
  const data = { ...chargeOf(payment), failureCode, revision };
  return createEvent({ ...attributesOf(payment), type: 'payment.refund_failed', data });
}

/**
 * The event about the outcome of an attempt.
 *
 * @param reason of a manual settlement; omitted if it was decided automatically
 * @throws Error for a payment that is neither SUCCEEDED nor FAILED
 */
export function toPaymentEvent(payment: DecidedPayment, reason?: string): PaymentEvent {
  const { failureCode, sent, status } = payment;
  const settlement = reason === undefined ? {} : { settledBy: 'operator' as const, reason };
  const data = { ...chargeOf(payment), failureCode, sent, ...settlement };
  const attributes = attributesOf(payment);
  if (status === 'SUCCEEDED') return createEvent({ ...attributes, type: 'payment.succeeded', data });
  if (status !== 'FAILED')
    throw new Error(`payment ${payment.id} is ${status}, so it has no outcome to publish`);
  const permanent = isNotPossible(payment);
  return createEvent({ ...attributes, type: 'payment.failed', data: { ...data, permanent } });
}

/** The services that receive events over HTTP if there is no broker. */
export function connectSubscribers(base: ServiceBase<PaymentSettings>): HttpSubscribers {
  const { settings, logger, onClose } = base;
  const credentials = createServiceCredentials({ service: 'payment', keyFile: settings.SERVICE_KEY_FILE });
  const peer = createPeer({ name: 'order', url: settings.ORDER_URL, credentials, logger });
  onClose(() => peer.close());
  const types = ['payment.succeeded', 'payment.failed', 'payment.refunded', 'payment.refund_failed'] as const;
  return { order: { peer, types } };
}
