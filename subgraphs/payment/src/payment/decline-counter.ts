import { counter } from '@shop/kit/metrics';
import type { Payment } from './payment.entity';

/** What providers and this subgraph return as the reason of a failed payment. */
const reasons: ReadonlySet<string> = new Set([
  ...['authentication_abandoned', 'authentication_failed', 'authentication_required', 'card_declined'],
  ...['card_not_supported', 'card_velocity_exceeded', 'charge_not_accepted', 'currency_not_supported'],
  ...['expired_card', 'incorrect_cvc', 'incorrect_number', 'insufficient_funds', 'invalid_return_url'],
  ...['payment_method_already_used', 'processing_error', 'provider_unavailable', 'unknown_payment_method'],
  ...['unpayable_amount', 'withdrawal_count_limit_exceeded'],
]);

const declines = counter({
  name: 'shop_payment_declines_total',
  help: 'Payments that this process has recorded as failed, also those that could not be sent.',
  labels: { reason: [...reasons, 'other'] },
});

/** Call it once, with the row that the statement returned that decided the payment. */
export function countDecline({ status, failureCode }: Pick<Payment, 'status' | 'failureCode'>): void {
  if (status !== 'FAILED') return;
  declines.inc({ reason: failureCode !== null && reasons.has(failureCode) ? failureCode : 'other' });
}
