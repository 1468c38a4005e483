import type Stripe from 'stripe';
import { ImpossibleCharge, ChargeRejected, ProviderTimeout } from '../payment-provider';

type StripeError = Stripe.errors.StripeError;

/** By name, because the library may not be loaded. */
function isStripeError(error: unknown): error is StripeError {
  return error instanceof Error && 'type' in error && String(error.type).startsWith('Stripe');
}

/** Another request uses the same key or object. https://docs.stripe.com/error-codes */
export function isBusy(error: unknown): boolean {
  return hasCode(error, 'idempotency_key_in_use') || hasCode(error, 'lock_timeout');
}

/** The state of the intent does not allow the request. */
export function isUnexpectedState(error: unknown): boolean {
  return hasCode(error, 'payment_intent_unexpected_state');
}

export function isCardError(error: unknown): boolean {
  return isStripeError(error) && error.type === 'StripeCardError';
}

/** Stripe rejected the request and did nothing; a repeat is rejected as well. */
export function isInvalidRequest(error: unknown): boolean {
  return isStripeError(error) && error.type === 'StripeInvalidRequestError' && !isBusy(error);
}

export function hasCode(error: unknown, code: string): boolean {
  return isStripeError(error) && error.code === code;
}

export function isRateLimited(error: unknown): boolean {
  return isStripeError(error) && error.statusCode === 429;
}

/** Without the message, which may contain a part of the key. Undefined for other errors. */
export function describeStripeError(error: unknown): string | undefined {
  if (!isStripeError(error)) return undefined;
  return error.statusCode === undefined ? error.type : `${error.type}, HTTP ${error.statusCode}`;
}

/**
 * Errors of creating an intent, which charges nothing. An invalid key (401, 403), rate limits
 * (429), server errors (5xx) and lost connections are not permanent.
 */
export function whileOpening(error: unknown): Error {
  // The key was used with other parameters: a bug, not a rejection.
  if (!isStripeError(error) || error.type === 'StripeIdempotencyError') return error as Error;
  if (error.type !== 'StripeInvalidRequestError') return rejected('provider_unavailable', error);
  return impossible(error) ?? rejected('charge_not_accepted', error);
}

/** A confirmation may have charged: only an error before any processing is a rejection. */
export function whileConfirming(error: unknown): Error {
  if (!isStripeError(error)) return error as Error;
  if (error.type === 'StripeConnectionError') {
    return new ProviderTimeout('stripe: no response to the confirmation', { cause: error });
  }
  if (error.type === 'StripeInvalidRequestError') {
    if (error.param === 'payment_method') return rejected('unknown_payment_method', error);
    if (error.param === 'return_url') return rejected('invalid_return_url', error);
    if (isOfUsedMethod(error)) return rejected('payment_method_already_used', error);
    return impossible(error) ?? rejected('charge_not_accepted', error);
  }
  const isRejection = [401, 403, 429].includes(error.statusCode ?? 0);
  return isRejection ? rejected('provider_unavailable', error) : error;
}

/**
 * The payment method was used once without a customer that it is attached to. The error has neither
 * `code` nor `param`: https://github.com/Automattic/woocommerce-payments/issues/323
 */
function isOfUsedMethod({ message }: StripeError): boolean {
  return message.includes('previously used') && message.includes('may not be used again');
}

/**
 * https://docs.stripe.com/error-codes: outside
 * https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts.
 */
const amountCodes = new Set(['amount_too_small', 'amount_too_large', 'invalid_charge_amount']);

/**
 * Undefined for an error that is not about amount or currency. "Invalid currency" has no code of
 * its own, only `param`; that the account has no payment method for the currency has neither.
 */
function impossible(error: StripeError): ImpossibleCharge | undefined {
  const { code, param, message } = error;
  if (amountCodes.has(code ?? '') || param === 'amount')
    return new ImpossibleCharge('unpayable_amount', 'stripe: the amount cannot be charged', { cause: error });
  const unsupported = (problem: string, remedy?: string) =>
    new ImpossibleCharge('currency_not_supported', `stripe: ${problem}`, { cause: error, remedy });
  if (param === 'currency') return unsupported('the currency is not supported');
  if (!message.startsWith('No valid payment method types')) return undefined;
  return unsupported(
    'no payment method is activated for the currency',
    'Activate a payment method for this currency at https://dashboard.stripe.com/settings/payment_methods.',
  );
}

function rejected(failureCode: string, error: StripeError): ChargeRejected {
  const options = { cause: error, remedy: remedyFor(failureCode, error) };
  return new ChargeRejected(failureCode, `stripe: ${error.type}, the request had no effect`, options);
}

/** For errors that neither a repeat nor the customer can fix. */
function remedyFor(failureCode: string, { statusCode }: StripeError): string | undefined {
  if (statusCode === 401)
    return 'Set STRIPE_SECRET_KEY to a key of the account that is neither expired nor revoked.';
  if (statusCode === 403)
    return 'Give the restricted key in STRIPE_SECRET_KEY write permission for PaymentIntents and Refunds.';
  if (failureCode !== 'charge_not_accepted') return undefined;
  return 'Stripe rejected a parameter of the request: check that the Stripe account is activated, and read the cause.';
}
