import { mergeLines } from './reservation.service';

describe('mergeLines', () => {
  it('keeps one line per product, in the order of first occurrence', () => {
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

  it.each([0, -1, 1_000])('rejects the quantity %j', (quantity) => {
    expect(() => mergeLines([{ productId: 'a', quantity }])).toThrow('A quantity is 1 to 999');
  });

  it.each([0, 101])('rejects %j lines', (length) => {
    const lines = Array.from({ length }, (_, index) => ({ productId: String(index), quantity: 1 }));
    expect(() => mergeLines(lines)).toThrow('1 to 100 lines');
  });
});
