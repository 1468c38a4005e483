import type Stripe from 'stripe';
import type { ChargeState, NextAction } from '../payment-provider';

/** `open`: nothing was tried under it. `failed`: a try failed, and another might follow until it is cancelled. */
export type IntentState = ChargeState | { state: 'open' } | { state: 'failed' };

/** The reason with which an intent is cancelled because a try failed; anything else says that it was closed untried. */
export const declinedReason = 'abandoned';

/**
 * https://docs.stripe.com/error-codes#payment-intent-authentication-failure, under the code that is common
 * to all providers. Stripe creates no charge for such an attempt.
 */
const authenticationFailed = {
  stripe: 'payment_intent_authentication_failure',
  code: 'authentication_failed',
};

/**
 * Reasons that a customer may be told. Others stay a plain no: https://docs.stripe.com/declines/codes asks not to reveal
 * that a card is reported lost or stolen, or a payment taken for fraud.
 */
const publicReasons = new Set([
  'authentication_required',
  'card_not_supported',
  'card_velocity_exceeded',
  'currency_not_supported',
  'expired_card',
  'incorrect_cvc',
  'incorrect_number',
  'insufficient_funds',
  'processing_error',
  'withdrawal_count_limit_exceeded',
]);

/** How a PaymentIntent stands, by https://docs.stripe.com/payments/paymentintents/lifecycle. `latest_charge` must be expanded. */
export function stateOf(intent: Stripe.PaymentIntent): IntentState {
  const reference = intent.id;
  switch (intent.status) {
    case 'succeeded':
      return { state: 'succeeded', reference };
    case 'processing':
      return { state: 'processing', reference };
    case 'canceled':
      return intent.cancellation_reason === declinedReason
        ? { state: 'declined', reference, failureCode: failureCodeOf(intent) }
        : { state: 'cancelled', reference };
    case 'requires_payment_method':
    case 'requires_confirmation':
      return { state: wasTried(intent) ? 'failed' : 'open' };
    case 'requires_action':
      return { state: 'requires_action', reference, nextAction: nextActionOf(intent) };
    default:
      throw new Error(`stripe: ${intent.id} is ${intent.status}, which this shop never asks for`);
  }
}

/** After a failed try: why, in words that a customer may read. */
export function failureCodeOf(intent: Stripe.PaymentIntent): string {
  const { last_payment_error: error, latest_charge: charge } = intent;
  // An intent that was cancelled without a charge had ended before one: during the authentication.
  if (error ? error.code === authenticationFailed.stripe : charge === null) return authenticationFailed.code;
  // A cancelled intent may have lost its last error; the failed charge stays.
  const failed = typeof charge === 'object' ? charge : null;
  const reasons = [error?.decline_code, error?.code, failed?.outcome?.reason, failed?.failure_code];
  return reasons.find((reason) => publicReasons.has(reason ?? '')) ?? 'card_declined';
}

/** https://docs.stripe.com/api/payment_intents/object#payment_intent_object-next_action */
function nextActionOf({
  id,
  next_action: action,
  client_secret: clientSecret,
}: Stripe.PaymentIntent): NextAction {
  if (!action || clientSecret === null) throw new Error(`stripe: ${id} requires an action and names none`);
  return { type: action.type, clientSecret, redirectUrl: action.redirect_to_url?.url ?? null };
}

function wasTried({ last_payment_error: error, latest_charge: charge }: Stripe.PaymentIntent): boolean {
  return error !== null || charge !== null;
}
