import { equalJitterMs } from '@shop/kit/resilience';
import type { Payment } from '../payment/payment.entity';
import type { NextVisit } from '../payment/payment.repository';
import { isDecided } from './charge-result';

/** Default of PAYMENT_ACTION_SECONDS: the time that a customer has to authenticate. */
export const defaultActionLimitMs = 10 * 60_000;

/** The pauses between visits are 1 s, 2 s, 4 s … 60 s, each shortened at random by up to half. */
const backoff = { baseMs: 1_000, capMs: 60_000 };

/** When a payment with this status is visited after so many visits; null if it is decided. */
export function nextVisit(
  { status, visits }: Pick<Payment, 'status' | 'visits'>,
  actionLimitMs: number,
): NextVisit | null {
  if (isDecided({ status })) return null;
  return {
    pauseMs: equalJitterMs(visits + 1, backoff),
    atAgeMs: status === 'REQUIRES_ACTION' ? actionLimitMs : null,
  };
}
