import { AppError } from '@shop/kit/errors';
import { isUuid } from '@shop/kit/ids';
import type { Payment } from '../payment/payment.entity';

/** What the order subgraph asks to charge. */
export type AttemptRequest = Pick<
  Payment,
  'orderId' | 'attempt' | 'userId' | 'amountCents' | 'currency' | 'paymentMethod'
> &
  Partial<Pick<Payment, 'returnUrl'>>;

/** @throws AppError bad_request */
export function checkAttempt({ orderId, userId, attempt, amountCents }: AttemptRequest): void {
  if (!isUuid(orderId) || !isUuid(userId))
    throw new AppError('bad_request', 'orderId and userId must be UUIDs.');
  if (attempt < 1) throw new AppError('bad_request', 'attempt counts from 1.');
  if (amountCents < 0) throw new AppError('bad_request', 'amountCents must not be negative.');
}

/** Whether a repeat asks for what the attempt is. */
export function isSameAttempt(payment: Payment, request: AttemptRequest): boolean {
  return (
    payment.userId === request.userId.toLowerCase() &&
    payment.amountCents === request.amountCents &&
    payment.currency === request.currency
  );
}

const token = /^[A-Za-z0-9_.:-]{1,128}$/;

/** Whether a provider could know the payment method; anything else is neither stored nor sent. */
export function isPaymentMethodToken(value: string): boolean {
  return token.test(value);
}
