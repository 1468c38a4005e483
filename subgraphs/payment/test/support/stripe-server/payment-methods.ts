/** The outcomes of a confirmation, by token of https://docs.stripe.com/testing. */
export type CardOutcome =
  /** `refund`: what becomes of a refund, https://docs.stripe.com/testing#refunds. */
  | { kind: 'succeeds'; refund?: 'pending_then_succeeded' | 'succeeded_then_failed' }
  /** Like a bank debit, which is decided later, but without its required currency and mandate. */
  | { kind: 'processes' }
  | { kind: 'needs_authentication' }
  /** Without a customer, a payment method can be used once. */
  | { kind: 'already_used' }
  | { kind: 'declined'; code: string; declineCode: string };

const declined = (declineCode: string): CardOutcome => ({
  kind: 'declined',
  code: 'card_declined',
  declineCode,
});

const outcomes = new Map<string, CardOutcome>([
  ['pm_card_visa', { kind: 'succeeds' }],
  ['pm_card_pendingRefund', { kind: 'succeeds', refund: 'pending_then_succeeded' }],
  ['pm_card_refundFail', { kind: 'succeeds', refund: 'succeeded_then_failed' }],
  ['pm_usBankAccount_success', { kind: 'processes' }],
  ['pm_card_authenticationRequired', { kind: 'needs_authentication' }],
  ['pm_1AlreadyUsed', { kind: 'already_used' }],
  ['pm_card_chargeDeclined', declined('generic_decline')],
  ['pm_card_chargeDeclinedInsufficientFunds', declined('insufficient_funds')],
  ['pm_card_chargeDeclinedStolenCard', declined('stolen_card')],
]);

export function outcomeOf(paymentMethod: string): CardOutcome | undefined {
  return outcomes.get(paymentMethod);
}
