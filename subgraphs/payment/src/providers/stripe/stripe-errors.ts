import type Stripe from 'stripe';
import { ProviderRefused, ProviderTimeout } from '../payment-provider';

type StripeError = Stripe.errors.StripeError;

/** By name, because the library's classes are only there once it is loaded. */
function isStripeError(error: unknown): error is StripeError {
  return error instanceof Error && 'type' in error && String(error.type).startsWith('Stripe');
}

/** Another request is at the same key or object right now; nothing was done. https://docs.stripe.com/error-codes */
export function isBusy(error: unknown): boolean {
  return hasCode(error, 'idempotency_key_in_use') || hasCode(error, 'lock_timeout');
}

/** The intent is not in a state for this; reading it tells which one it is in. */
export function isUnexpectedState(error: unknown): boolean {
  return hasCode(error, 'payment_intent_unexpected_state');
}

export function isCardError(error: unknown): boolean {
  return isStripeError(error) && error.type === 'StripeCardError';
}

export function hasCode(error: unknown, code: string): boolean {
  return isStripeError(error) && error.code === code;
}

/** Terms that Stripe takes from nobody: under this key nothing is ever charged. */
export class ImpossibleCharge extends ProviderRefused {}

/** Creating an intent charges nothing: whatever went wrong with it, the call that gives up here has charged nothing. */
export function whileOpening(error: unknown): Error {
  // The key was used with other terms: an error of ours, not the provider's no.
  if (!isStripeError(error) || error.type === 'StripeIdempotencyError') return error as Error;
  if (error.type !== 'StripeInvalidRequestError') return refused('provider_unavailable', error);
  const failureCode = error.code?.startsWith('amount_too_') ? 'unpayable_amount' : 'charge_not_accepted';
  return new ImpossibleCharge(failureCode, 'stripe: no such payment can be made', { cause: error });
}

/** When the request may have charged: only an answer that Stripe itself gave before doing anything is a refusal. */
export function whileConfirming(error: unknown): Error {
  if (!isStripeError(error)) return error as Error;
  if (error.type === 'StripeConnectionError') {
    return new ProviderTimeout('stripe: no answer to a confirmation', { cause: error });
  }
  if (error.type === 'StripeInvalidRequestError') {
    return refused(
      error.param === 'payment_method' ? 'unknown_payment_method' : 'charge_not_accepted',
      error,
    );
  }
  const isRefusal = [401, 403, 429].includes(error.statusCode ?? 0);
  return isRefusal ? refused('provider_unavailable', error) : error;
}

function refused(failureCode: string, error: StripeError): ProviderRefused {
  return new ProviderRefused(failureCode, `stripe: ${error.type}, nothing was charged`, { cause: error });
}
