import { readIdempotencyKey } from './idempotency-key';

it.each([
  [undefined, undefined],
  ['key-1', 'key-1'],
  ['"key-1"', 'key-1'],
  ['"a \\"quoted\\" key"', 'a "quoted" key'],
  ['k'.repeat(128), 'k'.repeat(128)],
])('reads %j as %j', (header, key) => {
  expect(readIdempotencyKey(header)).toBe(key);
});

it.each([[''], ['""'], ['k'.repeat(129)], ['schlüssel'], [['a', 'b']]])('refuses %j', (header) => {
  expect(() => readIdempotencyKey(header)).toThrow('Idempotency-Key');
});
