import type { Payment } from '../payment/payment.entity';
import type { NextVisit } from '../payment/payment.repository';
import { isDecided } from './finding';

/** Default of PAYMENT_ACTION_SECONDS: the time that a customer has to authenticate. */
export const defaultActionLimitMs = 10 * 60_000;

/** When a payment with this status is visited after so many visits; null if it is decided. */
export function nextVisit(
  { status, visits }: Pick<Payment, 'status' | 'visits'>,
  actionLimitMs: number,
): NextVisit | null {
  if (isDecided({ status })) return null;
  return {
    pauseMs: pauseAfterVisitsMs(visits),
    atAgeMs: status === 'REQUIRES_ACTION' ? actionLimitMs : null,
  };
}

/** The pause after so many visits that decided nothing: 1 s, 2 s, 4 s … 60 s. */
function pauseAfterVisitsMs(visits: number): number {
  return Math.min(60_000, 1_000 * 2 ** Math.min(visits, 6));
}
