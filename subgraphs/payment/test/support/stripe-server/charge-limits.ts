import { type StripeResponse, invalid } from './responses';

/**
 * Minimum amounts, in the currency's minor unit, by
 * https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts.
 */
const minimumAmounts: Readonly<Record<string, number>> = {
  usd: 50,
  eur: 50,
  gbp: 30,
  chf: 50,
  sek: 300,
  jpy: 50,
  huf: 17_500,
};

/**
 * Currencies of https://docs.stripe.com/currencies without a minimum; none of them is a settlement
 * currency of the account.
 */
const otherCurrencies = new Set(['bhd', 'isk', 'jod', 'krw', 'kwd', 'mga', 'omr', 'tnd', 'ugx']);

/**
 * "The amount value supports up to eight digits":
 * https://docs.stripe.com/api/payment_intents/create.
 */
const maximumAmount = 99_999_999;

/** The error for an amount or a currency that cannot be charged; undefined if both can be. */
export function chargeLimitError(amount: number, currency: string): StripeResponse | undefined {
  const minimum = minimumAmounts[currency] ?? (otherCurrencies.has(currency) ? 50 : undefined);
  if (minimum === undefined) {
    const known = [...Object.keys(minimumAmounts), ...otherCurrencies].join(', ');
    // This error has no `code`.
    return invalid(`Invalid currency: ${currency}. Stripe currently supports these currencies: ${known}`, {
      param: 'currency',
    });
  }
  if (amount < minimum)
    return invalid(`Amount must be at least ${minimum} ${currency}`, {
      code: 'amount_too_small',
      param: 'amount',
    });
  if (amount > maximumAmount)
    return invalid(`Amount must be no more than ${maximumAmount} ${currency}`, {
      code: 'amount_too_large',
      param: 'amount',
    });
  return undefined;
}
