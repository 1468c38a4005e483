import fc, { type Arbitrary } from 'fast-check';
import { naughtyStrings } from './naughty-strings';

/** Any code units, lone surrogates and NUL included. */
export const anyText: Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 250 }),
  fc.string({ unit: 'binary', maxLength: 250 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom(...naughtyStrings),
);

/** Numbers at and around the limits of the schema. */
export const anyNumber: Arbitrary<number> = fc.oneof(
  fc.integer(),
  fc.integer({ min: -2, max: 1_002 }),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(
    0,
    -0,
    -1,
    999,
    1_000,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31),
    1e9,
    1e9 + 1,
    1e10,
    1e10 + 1,
    2 ** 53,
    1e300,
  ),
);

const anythingElse: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, false, [], {}, [[]], { __typename: 'Thing' }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Mostly valid values, so that the other fields are validated, too. */
export function mostly<T>(valid: Arbitrary<T>): Arbitrary<unknown> {
  return fc.oneof(
    { weight: 6, arbitrary: valid },
    { weight: 2, arbitrary: anyText },
    { weight: 1, arbitrary: anyNumber },
    { weight: 1, arbitrary: anythingElse },
  );
}

/** Omits fields in a quarter of the objects. */
export function anyObject(fields: Record<string, Arbitrary<unknown>>): Arbitrary<Record<string, unknown>> {
  const required = fc.constant(Object.keys(fields));
  const mayLack = fc.oneof(
    { weight: 3, arbitrary: required },
    { weight: 1, arbitrary: fc.subarray(Object.keys(fields)) },
  );
  return fc
    .tuple(fc.record(fields), mayLack)
    .map(([all, names]) => Object.fromEntries(names.map((name) => [name, all[name]])));
}
