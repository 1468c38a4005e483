import type { Payment } from '../payment/payment.entity';
import type { PaymentDecision } from '../payment/payment.repository';
import { type ChargeState, permanentFailureCodes } from '../providers/payment-provider';

/** The result of a call to the provider about an attempt, without secrets. */
export type ChargeResult =
  | Exclude<ChargeState, { state: 'cancelled' | 'requires_action' }>
  /** The customer must authenticate. */
  | { state: 'requires_action'; reference: string }
  /** Nothing was charged, and nothing will be. */
  | { state: 'not_sent'; failureCode: string }
  | { state: 'no_answer' };

/** A closed key charges nothing. `failureCode` says why it was closed, as far as the caller knows. */
export function toChargeResult(charge: ChargeState, failureCode = 'provider_unavailable'): ChargeResult {
  switch (charge.state) {
    case 'cancelled':
      return { state: 'not_sent', failureCode: charge.failureCode ?? failureCode };
    case 'requires_action':
      // Without the client secret, which only the customer may see.
      return { state: 'requires_action', reference: charge.reference };
    default:
      return charge;
  }
}

/** As `toChargeResult`, for a REQUIRES_ACTION attempt: only the time limit closes its key. */
export function toResultOfWaiting(charge: ChargeState): ChargeResult {
  if (charge.state !== 'cancelled') return toChargeResult(charge);
  return { state: 'declined', reference: charge.reference, failureCode: 'authentication_abandoned' };
}

export function toDecision(result: ChargeResult): PaymentDecision {
  const providerReference = 'reference' in result ? result.reference : null;
  const sent = result.state !== 'not_sent';
  switch (result.state) {
    case 'succeeded':
      return { status: 'SUCCEEDED', sent, failureCode: null, providerReference };
    case 'declined':
    case 'not_sent':
      return { status: 'FAILED', sent, failureCode: result.failureCode, providerReference };
    case 'processing':
      return { status: 'PENDING', sent, failureCode: null, providerReference };
    case 'requires_action':
      return { status: 'REQUIRES_ACTION', sent, failureCode: null, providerReference };
    case 'no_answer':
      return { status: 'UNKNOWN', sent, failureCode: null, providerReference };
    default:
      return result satisfies never;
  }
}

/** Nothing was charged, and no further attempt with the same amount and currency can succeed. */
export function isNotPossible({ sent, failureCode }: Pick<Payment, 'sent' | 'failureCode'>): boolean {
  return !sent && permanentFailureCodes.some((code) => code === failureCode);
}

export function isDecided({ status }: Pick<Payment, 'status'>): boolean {
  return status !== 'PENDING' && status !== 'UNKNOWN' && status !== 'REQUIRES_ACTION';
}

/** Whether an answer is final. Any other answer is out of date once a later call to the provider has begun. */
export function isFinal({ state }: ChargeResult, by: 'first_call' | 'settlement'): boolean {
  // A refusal of the first call is valid for that call only.
  return state === 'succeeded' || state === 'declined' || (state === 'not_sent' && by === 'settlement');
}
