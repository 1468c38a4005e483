import type Stripe from 'stripe';
import { type ChargeState, ImpossibleCharge, type NextAction } from '../payment-provider';

/** `open`: never confirmed. `failed`: another confirmation is possible until it is cancelled. */
type IntentState = ChargeState | { state: 'open' } | { state: 'failed' };

/** The cancellation reason after a failed confirmation; another one: closed unconfirmed. */
export const declinedReason = 'abandoned';

/**
 * https://docs.stripe.com/error-codes#payment-intent-authentication-failure, under the code that is
 * common to all providers. Stripe creates no charge for such an attempt.
 */
const authenticationFailed = {
  stripe: 'payment_intent_authentication_failure',
  code: 'authentication_failed',
};

/**
 * Decline codes that may be returned to the customer. Others become card_declined:
 * https://docs.stripe.com/declines/codes requires not to reveal that a card is reported lost or
 * stolen, or that fraud is suspected.
 */
const publicDeclineCodes = new Set([
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

/**
 * The state of a PaymentIntent (https://docs.stripe.com/payments/paymentintents/lifecycle).
 * `latest_charge` must be expanded.
 */
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
      return { state: wasConfirmed(intent) ? 'failed' : 'open' };
    case 'requires_action':
      return { state: 'requires_action', reference, nextAction: nextActionOf(intent) };
    default:
      throw new Error(`stripe: ${intent.id} has the unexpected status ${intent.status}`);
  }
}

/** The failure code of a failed confirmation that may be returned to the customer. */
export function failureCodeOf(intent: Stripe.PaymentIntent): string {
  const { last_payment_error: error, latest_charge: charge } = intent;
  // An intent that was cancelled without a charge failed during the authentication.
  if (error ? error.code === authenticationFailed.stripe : charge === null) return authenticationFailed.code;
  // A cancelled intent may have no last error, but it has the failed charge.
  const failed = typeof charge === 'object' ? charge : null;
  const reasons = [error?.decline_code, error?.code, failed?.outcome?.reason, failed?.failure_code];
  return reasons.find((reason) => publicDeclineCodes.has(reason ?? '')) ?? 'card_declined';
}

/** https://docs.stripe.com/api/payment_intents/object#payment_intent_object-next_action */
function nextActionOf({
  id,
  next_action: action,
  client_secret: clientSecret,
}: Stripe.PaymentIntent): NextAction {
  if (!action || clientSecret === null)
    throw new Error(`stripe: ${id} has the status requires_action without next_action or client_secret`);
  return { type: action.type, clientSecret, redirectUrl: action.redirect_to_url?.url ?? null };
}

function wasConfirmed({ last_payment_error: error, latest_charge: charge }: Stripe.PaymentIntent): boolean {
  return error !== null || charge !== null;
}

/** Three decimals, of which the last must be 0. https://docs.stripe.com/currencies#three-decimal */
const withRoundedThousandths = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

/**
 * Converts ISO 4217 minor units to Stripe's units. They are equal except for ISK and UGX, which
 * have no minor unit and which Stripe expects in hundredths, and for MGA, which Stripe expects in
 * whole units (https://docs.stripe.com/currencies#special-cases).
 *
 * @throws ImpossibleCharge if Stripe cannot represent the amount
 */
export function toStripeAmount(amountMinor: number, currency: string): number {
  const amount = convert(amountMinor, currency);
  const isPayable =
    Number.isSafeInteger(amount) && !(withRoundedThousandths.has(currency) && amount % 10 !== 0);
  if (!isPayable) {
    throw new ImpossibleCharge(
      'unpayable_amount',
      `stripe: cannot charge ${amountMinor} minor units of ${currency}`,
    );
  }
  return amount;
}

/** Converts Stripe's units to ISO 4217 minor units. */
export function fromStripeAmount(amount: number, currency: string): number {
  if (currency === 'ISK' || currency === 'UGX') return amount / 100;
  return currency === 'MGA' ? amount * 100 : amount;
}

function convert(amountMinor: number, currency: string): number {
  if (currency === 'ISK' || currency === 'UGX') return amountMinor * 100;
  return currency === 'MGA' ? amountMinor / 100 : amountMinor;
}
