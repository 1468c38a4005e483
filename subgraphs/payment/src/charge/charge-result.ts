import type { Payment } from '../payment/payment.entity';
import type { PaymentDecision } from '../payment/payment.repository';
import { type ChargeState, permanentFailureCodes } from '../providers/payment-provider';

/** The result of a provider call for an attempt, without secrets. */
export type ChargeResult =
  | Exclude<ChargeState, { state: 'cancelled' | 'requires_action' }>
  /** The customer must authenticate. */
  | { state: 'requires_action'; reference: string }
  /** Nothing was or will be charged. */
  | { state: 'not_sent'; failureCode: string }
  | { state: 'no_answer' };

/** @param failureCode why the key was closed, if the provider does not return the reason */
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

/** `toChargeResult` for a REQUIRES_ACTION attempt, whose key is closed only at the time limit. */
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

/**
 * Whether a result is final. Any other result is outdated once a later provider call has started.
 */
export function isFinal({ state }: ChargeResult, by: 'first_call' | 'settlement'): boolean {
  // A rejection of the first call says nothing about other calls.
  return state === 'succeeded' || state === 'declined' || (state === 'not_sent' && by === 'settlement');
}
