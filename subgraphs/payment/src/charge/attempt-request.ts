import { AppError } from '@shop/kit/errors';
import { isUuid } from '@shop/kit/ids';
import type { Payment } from '../payment/payment.entity';

/** A request of the order subgraph to charge an attempt. */
export type AttemptRequest = Pick<
  Payment,
  'orderId' | 'attempt' | 'userId' | 'amountCents' | 'currency' | 'paymentMethod'
> &
  Partial<Pick<Payment, 'returnUrl'>>;

/** @throws AppError bad_request */
export function checkAttempt({ orderId, userId, attempt, amountCents }: AttemptRequest): void {
  if (!isUuid(orderId) || !isUuid(userId))
    throw new AppError('bad_request', 'orderId and userId must be UUIDs.');
  if (attempt < 1) throw new AppError('bad_request', `attempt must be at least 1, got ${attempt}.`);
  if (amountCents < 0)
    throw new AppError('bad_request', `amountCents must not be negative, got ${amountCents}.`);
}

/** Whether a repeated request has the terms of the existing attempt. */
export function isSameAttempt(payment: Payment, request: AttemptRequest): boolean {
  return (
    payment.userId === request.userId.toLowerCase() &&
    payment.amountCents === request.amountCents &&
    payment.currency === request.currency
  );
}

const token = /^[A-Za-z0-9_.:-]{1,128}$/;

/**
 * Whether the payment method has the format of a token. Other values are neither stored nor sent.
 */
export function isPaymentMethodToken(value: string): boolean {
  return token.test(value);
}
