import type { Payment } from '../payment/payment.entity';
import type { ChargeRequest } from './payment-provider';

/** A payment as its provider is told of it: the same in each call. */
export function toChargeRequest(payment: Payment): ChargeRequest {
  const { providerKey, orderId, amountCents, currency, paymentMethod } = payment;
  return { key: providerKey, orderId, amountCents, currency, method: paymentMethod };
}
