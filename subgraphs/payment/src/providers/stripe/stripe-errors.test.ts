import Stripe from 'stripe';
import { ImpossibleCharge, ChargeRejected } from '../payment-provider';
import { whileConfirming, whileOpening } from './stripe-errors';

type RawError = Parameters<typeof Stripe.errors.StripeError.generate>[0];

/** An error as the library creates it from a response. https://docs.stripe.com/api/errors */
const invalidRequest = (details: object) =>
  Stripe.errors.StripeError.generate({
    type: 'invalid_request_error',
    statusCode: 400,
    message: 'No.',
    ...details,
  });

const impossible: [string, object, string][] = [
  ['amount_too_small', { code: 'amount_too_small', param: 'amount' }, 'unpayable_amount'],
  ['amount_too_large', { code: 'amount_too_large', param: 'amount' }, 'unpayable_amount'],
  ['invalid_charge_amount', { code: 'invalid_charge_amount' }, 'unpayable_amount'],
  [
    'an amount that is no integer',
    { code: 'parameter_invalid_integer', param: 'amount' },
    'unpayable_amount',
  ],
  ['an unknown currency', { param: 'currency', message: 'Invalid currency: xts.' }, 'currency_not_supported'],
  [
    'a currency without an activated payment method',
    { message: 'No valid payment method types for this Payment Intent. Please ensure …' },
    'currency_not_supported',
  ],
];

const configuration: [string, object, string][] = [
  [
    'an unknown parameter',
    { code: 'parameter_unknown', param: 'automatic_payment_methods' },
    'charge_not_accepted',
  ],
  ['an account in test mode only', { code: 'testmode_charges_only' }, 'charge_not_accepted'],
];

describe.each([
  ['creating an intent', whileOpening],
  ['confirming an intent', whileConfirming],
])('An error of Stripe while %s', (_when, read) => {
  it.each(impossible)('about %s is permanent', (_about, details, failureCode) => {
    const error = read(invalidRequest(details));
    expect(error).toBeInstanceOf(ImpossibleCharge);
    expect(error).toMatchObject({ failureCode });
  });

  it.each(configuration)('about %s requires an operator, with a remedy', (_about, details, failureCode) => {
    const error = read(invalidRequest(details));
    expect(error).not.toBeInstanceOf(ImpossibleCharge);
    expect(error).toMatchObject({ failureCode, remedy: expect.any(String) });
  });

  it.each([
    [401, 'STRIPE_SECRET_KEY'],
    [403, 'write permission'],
  ])('with status %d requires an operator, with a remedy', (statusCode, remedy) => {
    const type = statusCode === 401 ? 'authentication_error' : 'invalid_request_error';
    const raw = { type, statusCode, message: 'No.' } as RawError;
    const error = read(
      statusCode === 401
        ? new Stripe.errors.StripeAuthenticationError(raw)
        : new Stripe.errors.StripePermissionError(raw),
    );
    expect(error).not.toBeInstanceOf(ImpossibleCharge);
    expect(error).toMatchObject({
      failureCode: 'provider_unavailable',
      remedy: expect.stringContaining(remedy),
    });
  });

  it('about a rate limit is not permanent, without a remedy', () => {
    const raw = { type: 'rate_limit_error', statusCode: 429, message: 'No.' } as RawError;
    const error = read(new Stripe.errors.StripeRateLimitError(raw));
    expect(error).toMatchObject({ failureCode: 'provider_unavailable', remedy: undefined });
    expect(error).not.toBeInstanceOf(ImpossibleCharge);
  });
});

describe('An error of Stripe while confirming an intent', () => {
  it.each([
    [
      'a payment method that was used before',
      {
        message:
          'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
      },
      'payment_method_already_used',
    ],
    ['an invalid return URL', { code: 'url_invalid', param: 'return_url' }, 'invalid_return_url'],
    ['a missing return URL', { param: 'return_url' }, 'invalid_return_url'],
  ])('about %s is reported to the client, without a remedy', (_about, details, failureCode) => {
    const error = whileConfirming(invalidRequest(details));
    expect(error).toBeInstanceOf(ChargeRejected);
    expect(error).toMatchObject({ failureCode, remedy: undefined });
  });
});

describe('A 5xx error of Stripe', () => {
  const raw = { type: 'api_error', statusCode: 500, message: 'No.' } as RawError;
  const error = new Stripe.errors.StripeAPIError(raw);

  it('while creating an intent means not charged, and is not permanent', () => {
    expect(whileOpening(error)).toMatchObject({ failureCode: 'provider_unavailable', remedy: undefined });
  });

  it('while confirming an intent leaves the outcome unknown', () => {
    expect(whileConfirming(error)).not.toBeInstanceOf(ChargeRejected);
  });
});
