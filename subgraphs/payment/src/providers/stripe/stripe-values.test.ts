import { fromStripeAmount, toStripeAmount } from './stripe-values';

describe('toStripeAmount', () => {
  it.each([
    ['EUR', 1_999, 1_999],
    ['JPY', 500, 500],
    ['KWD', 5_120, 5_120],
    ['ISK', 500, 50_000],
    ['UGX', 500, 50_000],
    ['MGA', 500, 5],
  ])('converts %s: %d to %d', (currency, minor, expected) => {
    expect(toStripeAmount(minor, currency)).toBe(expected);
  });

  it.each([
    ['KWD', 5_124],
    ['MGA', 501],
    ['ISK', Number.MAX_SAFE_INTEGER],
  ])('rejects an amount that Stripe cannot charge: %s %d', (currency, minor) => {
    expect(() => toStripeAmount(minor, currency)).toThrow(
      expect.objectContaining({ name: 'ChargeRejected', failureCode: 'unpayable_amount' }),
    );
  });
});

it.each([
  [4_200, 'EUR'],
  [500, 'JPY'],
  [700, 'ISK'],
  [700, 'UGX'],
  [700, 'MGA'],
  [1_230, 'KWD'],
])('%d minor units of %s are equal after the conversion to Stripe units and back', (amount, currency) => {
  expect(fromStripeAmount(toStripeAmount(amount, currency), currency)).toBe(amount);
});
