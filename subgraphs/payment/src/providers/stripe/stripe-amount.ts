import { ImpossibleCharge } from '../payment-provider';

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
