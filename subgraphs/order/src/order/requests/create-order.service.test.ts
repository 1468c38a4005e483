import { readOrderLines } from './create-order.service';

const product = (name: string, quantity: number) => ({ productId: name, quantity });

test('merges lines with the same product at the position of the first', () => {
  const { lines } = readOrderLines([product('a', 1), product('b', 2), product('A', 3)]);
  expect(lines).toEqual([product('a', 4), product('b', 2)]);
});

test.each([0, -1, 1_000])('rejects a quantity of %i with its path', (quantity) => {
  const { problems } = readOrderLines([product('a', 1), product('b', quantity)]);
  expect(problems).toEqual([
    { path: 'items.1.quantity', message: expect.stringContaining('must be 1 to 999') },
  ]);
});

test('rejects more than 999 units of a product in all of its lines together', () => {
  expect(readOrderLines([product('a', 500), product('a', 499)]).lines).toEqual([product('a', 999)]);
  expect(readOrderLines([product('a', 500), product('a', 500)]).problems).toEqual([
    { path: 'items.1.quantity', message: expect.stringContaining('together') },
  ]);
});

test('accepts 1 to 100 lines', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, index) => product(`p${index}`, 1));
  expect(readOrderLines(lines(0)).problems).toMatchObject([{ path: 'items' }]);
  expect(readOrderLines(lines(100)).lines).toHaveLength(100);
  expect(readOrderLines(lines(101)).problems).toMatchObject([{ path: 'items' }]);
});
