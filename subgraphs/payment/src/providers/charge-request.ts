import type { Payment } from '../payment/payment.entity';
import type { ChargeRequest } from './payment-provider';

/**
 * The charge request of a payment: the same in each call, except the reference, which is set once
 * known.
 */
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
