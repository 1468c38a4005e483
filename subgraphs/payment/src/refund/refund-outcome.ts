import type { RefundState } from '../providers/payment-provider';

/** The result of a provider call for a refund. */
export type RefundResult =
  | RefundState
  /** The provider rejects a refund under this key. */
  | { state: 'refused'; failureCode: string }
  /** Only if the call must not create the refund. */
  | { state: 'not_found' }
  | { state: 'no_answer' };

/** The stored details of a failed refund. */
export interface RefundFailure {
  failureCode: string;
  isDefinite: boolean;
  reference: string | null;
}

const days = 24 * 3_600_000;

/** A refund that is not confirmed within this time is FAILED and needs an operator. */
export const giveUpAfterMs = 3 * days;

/**
 * The failure in a result; null if the refund may still succeed.
 *
 * @param ageMs since the start of the round
 */
export function failureIn(result: RefundResult, ageMs: number): RefundFailure | null {
  switch (result.state) {
    case 'failed':
      return { failureCode: result.failureCode, isDefinite: true, reference: result.reference };
    case 'refused':
      return { failureCode: result.failureCode, isDefinite: true, reference: null };
    case 'succeeded':
      return null;
    case 'pending':
      return ageMs < giveUpAfterMs ? null : givenUp('provider_pending', result.reference);
    case 'not_found':
    case 'no_answer':
      return ageMs < giveUpAfterMs ? null : givenUp('provider_no_answer', null);
    default:
      return result satisfies never;
  }
}

/** The provider may still refund under this key, so a retry uses the same key. */
function givenUp(failureCode: string, reference: string | null): RefundFailure {
  return { failureCode, isDefinite: false, reference };
}

/**
 * Exponential backoff with jitter: 5 s, 10 s, 20 s … 1 h, each shortened at random by up to half.
 */
export const refundBackoff = { baseMs: 5_000, capMs: 3_600_000 };
