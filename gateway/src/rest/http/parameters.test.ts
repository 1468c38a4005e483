import { z } from 'zod';
import {
  currencyParameter,
  flag,
  nextLink,
  oneOf,
  pageParameters,
  priceCents,
  readIdempotencyKey,
  readQuery,
} from './parameters';
import { RestProblem } from './problem';

const schema = z.strictObject({
  ...pageParameters,
  price: priceCents.optional(),
  in_stock: flag.optional(),
  currency: currencyParameter.optional(),
  sort: oneOf(['NEWEST', 'PRICE_ASC']).default('NEWEST'),
});

function rejection(query: object): string {
  try {
    readQuery(schema, query);
  } catch (error) {
    if (error instanceof RestProblem && error.code === 'bad_request') return error.message;
  }
  throw new Error('the query was not rejected as a bad request');
}

it('returns the defaults of missing parameters', () => {
  expect(readQuery(schema, {})).toEqual({ limit: 20, sort: 'NEWEST' });
});

it('reads numbers, flags, currencies and choices from text', () => {
  const query = {
    limit: '100',
    price: '9007199254740991',
    in_stock: 'false',
    currency: 'eur',
    sort: 'price_asc',
  };
  expect(readQuery(schema, query)).toEqual({
    limit: 100,
    price: Number.MAX_SAFE_INTEGER,
    in_stock: false,
    currency: 'EUR',
    sort: 'PRICE_ASC',
  });
});

it.each([
  ['limit', '0'],
  ['limit', '101'],
  ['limit', '1.5'],
  ['limit', '1e1'],
  ['limit', ' 1'],
  ['limit', ''],
  ['limit', ['1', '2']],
  ['price', '9007199254740992'],
  ['in_stock', 'yes'],
  ['in_stock', ''],
  ['currency', 'EURO'],
  ['sort', 'random'],
  ['cursor', ''],
])('rejects %s=%j with the name of the parameter', (name, value) => {
  expect(rejection({ [name]: value })).toContain(`"${name}"`);
});

it('rejects unknown parameters with their names', () => {
  expect(rejection({ page: '2', offset: '3' })).toMatch(/"page".*"offset"/);
});

it('does not let __proto__ through', () => {
  const query = Object.assign(Object.create(null) as object, JSON.parse('{"__proto__": "1"}'));
  expect(() => readQuery(schema, query)).toThrow('__proto__');
});

it.each([
  [undefined, undefined],
  ['key-1', 'key-1'],
  ['"key-1"', 'key-1'],
  ['"a \\"quoted\\" key"', 'a "quoted" key'],
  ['k'.repeat(128), 'k'.repeat(128)],
])('reads the idempotency key %j as %j', (header, key) => {
  expect(readIdempotencyKey(header)).toBe(key);
});

it.each([[''], ['""'], ['k'.repeat(129)], ['schlüssel'], [['a', 'b']]])(
  'rejects the idempotency key %j',
  (header) => {
    expect(() => readIdempotencyKey(header)).toThrow('Idempotency-Key');
  },
);

it('keeps the parameters of the list and replaces the cursor', () => {
  expect(nextLink('/v1/products', { limit: '2', search: 'a&b', cursor: 'old' }, 'new=')).toEqual({
    link: '</v1/products?limit=2&search=a%26b&cursor=new%3D>; rel="next"',
  });
});

it.each(['c?', '?', 'a#b', 'a=b', 'a+b c', '50%', '>; rel="prev"', 'ü🎈'])(
  'means the same list for the search %j',
  (search) => {
    const { link = '' } = nextLink('/v1/products', { search, sort: 'PRICE_ASC' }, 'c');
    const url = new URL(/^<([^>]*)>; rel="next"$/.exec(link)?.[1] ?? '', 'http://shop');
    expect(Object.fromEntries(url.searchParams)).toEqual({ search, sort: 'PRICE_ASC', cursor: 'c' });
  },
);

it('adds the cursor to a list without parameters', () => {
  expect(nextLink('/v1/orders', {}, 'c')).toEqual({ link: '</v1/orders?cursor=c>; rel="next"' });
});

it('is empty on the last page', () => {
  expect(nextLink('/v1/orders', {}, null)).toEqual({});
});
