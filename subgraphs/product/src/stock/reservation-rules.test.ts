import type { Product } from '../product/product.entity';
import { mergeLines, whyNotHeld } from './reservation-rules';

const product = (id: string, stock: number, currency = 'EUR') => ({ id, stock, currency }) as Product;

describe('mergeLines', () => {
  it('keeps one line per product, in the order of their first mention', () => {
    const lines = [
      { productId: 'b', quantity: 1 },
      { productId: 'a', quantity: 2 },
      { productId: 'B', quantity: 3 },
    ];
    expect(mergeLines(lines)).toEqual([
      { productId: 'b', quantity: 4 },
      { productId: 'a', quantity: 2 },
    ]);
  });

  it.each([0, -1, 1_000])('refuses the quantity %j', (quantity) => {
    expect(() => mergeLines([{ productId: 'a', quantity }])).toThrow('A quantity is 1 to 999');
  });

  it.each([0, 101])('refuses %j lines', (length) => {
    const lines = Array.from({ length }, (_, index) => ({ productId: String(index), quantity: 1 }));
    expect(() => mergeLines(lines)).toThrow('1 to 100 lines');
  });
});

describe('whyNotHeld', () => {
  const line = (productId: string, quantity: number) => ({ productId, quantity });

  it('finds nothing against lines that leave the stock at zero or above', () => {
    expect(whyNotHeld([line('a', 2), line('b', 1)], [product('b', 5), product('a', 2)])).toBeUndefined();
  });

  it('names each line that falls short, in the order of the lines', () => {
    const lines = [line('b', 6), line('a', 2), line('c', 1)];
    expect(whyNotHeld(lines, [product('a', 2), product('b', 5), product('c', 0)])).toEqual({
      __typename: 'StockShort',
      lines: [
        { productId: 'b', requested: 6, available: 5 },
        { productId: 'c', requested: 1, available: 0 },
      ],
    });
  });

  it('names unknown products before anything else', () => {
    const refusal = whyNotHeld([line('a', 9), line('x', 1)], [product('a', 0)]);
    expect(refusal).toEqual({ __typename: 'UnknownProducts', productIds: ['x'] });
  });

  it('names mixed currencies, sorted, before shortages', () => {
    const refusal = whyNotHeld(
      [line('a', 9), line('b', 1)],
      [product('a', 0, 'USD'), product('b', 1, 'EUR')],
    );
    expect(refusal).toEqual({ __typename: 'MixedCurrencies', currencies: ['EUR', 'USD'] });
  });
});
