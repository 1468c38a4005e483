import { placementOf } from './product.client';

const line = (quantity: number, unitPriceCents: number) => ({
  productId: 'p',
  sku: 's',
  name: 'n',
  quantity,
  unitPriceCents,
});

test('computes the total as the sum of the lines', () => {
  expect(placementOf({ lines: [line(2, 150), line(1, 1)], currency: 'EUR' }).totalCents).toBe(301);
});

test('computes an exact total for the largest order that the limits allow', () => {
  const lines = Array.from({ length: 100 }, () => line(999, 10_000_000_000));
  expect(placementOf({ lines, currency: 'EUR' }).totalCents).toBe(999_000_000_000_000);
});

test('throws if the total exceeds 2^53-1', () => {
  expect(() =>
    placementOf({ lines: [line(1, Number.MAX_SAFE_INTEGER), line(1, 1)], currency: 'EUR' }),
  ).toThrow(/2\^53/);
  expect(() => placementOf({ lines: [line(2, Number.MAX_SAFE_INTEGER)], currency: 'EUR' })).toThrow(/2\^53/);
});
