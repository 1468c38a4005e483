import { ImpossibleCharge } from '../payment-provider';

/** Three decimals, of which the last must be 0. https://docs.stripe.com/currencies#three-decimal */
const withRoundedThousandths = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

/**
 * An amount in ISO 4217's minor units as Stripe counts it. The two agree but for ISK and UGX, which have no minor unit and which
 * Stripe takes in hundredths, and for MGA, which Stripe takes whole (https://docs.stripe.com/currencies#special-cases).
 *
 * @throws ImpossibleCharge when Stripe has no such amount
 */
export function toStripeAmount(amountMinor: number, currency: string): number {
  const amount = convert(amountMinor, currency);
  const isPayable =
    Number.isSafeInteger(amount) && !(withRoundedThousandths.has(currency) && amount % 10 !== 0);
  if (!isPayable) {
    throw new ImpossibleCharge(
      'unpayable_amount',
      `stripe: no charge of ${amountMinor} minor units of ${currency}`,
    );
  }
  return amount;
}

/** The reverse: from Stripe's unit to ISO 4217's minor unit. */
export function fromStripeAmount(amount: number, currency: string): number {
  if (currency === 'ISK' || currency === 'UGX') return amount / 100;
  return currency === 'MGA' ? amount * 100 : amount;
}

function convert(amountMinor: number, currency: string): number {
  if (currency === 'ISK' || currency === 'UGX') return amountMinor * 100;
  return currency === 'MGA' ? amountMinor / 100 : amountMinor;
}
