import { isCursorOf } from './product-sort';

const id = '01a18df7-f500-7bd9-9b3d-bffab89f890e';

describe('isCursorOf', () => {
  it('accepts the values of the sort, with the ID last', () => {
    expect(isCursorOf('NEWEST', [id])).toBe(true);
    expect(isCursorOf('NAME_ASC', ['', id])).toBe(true);
    expect(isCursorOf('PRICE_ASC', [0, id])).toBe(true);
    expect(isCursorOf('PRICE_DESC', [10_000_000_000, id])).toBe(true);
  });

  it.each([
    ['NEWEST', []],
    ['NEWEST', [1]],
    ['NEWEST', [id, id]],
    ['NEWEST', [`${id}'`]],
    ['NAME_ASC', [1, id]],
    ['NAME_ASC', ['a\0', id]],
    ['NAME_ASC', ['\ud83d', id]],
    ['PRICE_ASC', ['1', id]],
    ['PRICE_ASC', [0.5, id]],
    ['PRICE_ASC', [2 ** 53, id]],
    ['PRICE_DESC', [null, id]],
  ] as const)('rejects for %s the values %j', (sort, values) => {
    expect(isCursorOf(sort, values)).toBe(false);
  });
});
