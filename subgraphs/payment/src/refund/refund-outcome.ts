import type { RefundState } from '../providers/payment-provider';

/** What is known of a refund after the provider was called. */
export type RefundResult =
  | RefundState
  /** The provider refuses to refund under this key. */
  | { state: 'refused'; failureCode: string }
  /** Only of a refund that is not to be created. */
  | { state: 'not_found' }
  | { state: 'no_answer' };

/** What is stored of a failed refund. */
export interface RefundFailure {
  failureCode: string;
  isDefinite: boolean;
  reference: string | null;
}

const days = 24 * 3_600_000;

/** A refund that did not end within this time is handed to an operator. */
export const giveUpAfterMs = 3 * days;

/** The failure in a result, or null while it may still succeed. @param ageMs since the current round began */
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

/** Whether the provider refunds under the key after all is not known: the key stays the same. */
function givenUp(failureCode: string, reference: string | null): RefundFailure {
  return { failureCode, isDefinite: false, reference };
}

/** The pause after so many tries: 5 s, 10 s, 20 s … 1 h. */
export function pauseAfterTriesMs(tries: number): number {
  return Math.min(3_600_000, 5_000 * 2 ** Math.min(Math.max(tries, 1) - 1, 10));
}
