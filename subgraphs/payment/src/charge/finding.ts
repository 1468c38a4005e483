import type { Payment } from '../payment/payment.entity';
import type { PaymentVerdict } from '../payment/payment.repository';
import type { ChargeState } from '../providers/payment-provider';

/** What is known of an attempt after the provider was called. */
export type Finding =
  | Exclude<ChargeState, { state: 'cancelled' }>
  /** Nothing was charged, and nothing will be. */
  | { state: 'not_sent'; failureCode: string }
  | { state: 'no_answer' };

/** A closed key charges nothing. `failureCode` says why it was closed, as far as the caller knows. */
export function toFinding(charge: ChargeState, failureCode = 'provider_unavailable'): Finding {
  return charge.state === 'cancelled' ? { state: 'not_sent', failureCode } : charge;
}

export function verdictOf(finding: Finding): PaymentVerdict {
  switch (finding.state) {
    case 'succeeded':
      return { status: 'SUCCEEDED', sent: true, failureCode: null, providerReference: finding.reference };
    case 'declined':
      return {
        status: 'FAILED',
        sent: true,
        failureCode: finding.failureCode,
        providerReference: finding.reference,
      };
    case 'not_sent':
      return { status: 'FAILED', sent: false, failureCode: finding.failureCode, providerReference: null };
    case 'processing':
      return { status: 'PENDING', sent: true, failureCode: null, providerReference: finding.reference };
    case 'no_answer':
      return { status: 'UNKNOWN', sent: true, failureCode: null, providerReference: null };
    default:
      return finding satisfies never;
  }
}

export function isDecided({ status }: Pick<Payment, 'status'>): boolean {
  return status !== 'PENDING' && status !== 'UNKNOWN';
}
