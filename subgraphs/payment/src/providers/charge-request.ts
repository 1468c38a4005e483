import type { Payment } from '../payment/payment.entity';
import type { ChargeRequest } from './payment-provider';

/** A payment as its provider is told of it: the same in each call, but for the reference, which is learned. */
export function toChargeRequest(payment: Payment): ChargeRequest {
  const { orderId, amountCents, currency } = payment;
  return {
    key: payment.providerKey,
    orderId,
    amountCents,
    currency,
    method: payment.paymentMethod,
    openedAt: payment.createdAt,
    reference: payment.providerReference,
    returnUrl: payment.returnUrl,
  };
}
