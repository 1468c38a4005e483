import { equalJitterMs } from '@shop/kit/resilience';
import type { Payment } from '../payment/payment.entity';
import type { NextVisit } from '../payment/payment.repository';
import { isDecided } from './charge-result';

/** Default of PAYMENT_ACTION_SECONDS, the time limit for the authentication. */
export const defaultActionLimitMs = 10 * 60_000;

/**
 * Exponential backoff with jitter: 1 s, 2 s, 4 s … 60 s, each shortened at random by up to half.
 */
const backoff = { baseMs: 1_000, capMs: 60_000 };

/** The time of the next visit; null if the payment is decided. */
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
