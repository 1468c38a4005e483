import { z } from 'zod';
import { RestProblem } from './problem';
import { currencyParameter, flag, oneOf, pageParameters, priceCents, readQuery } from './query-parameters';

const schema = z.strictObject({
  ...pageParameters,
  price: priceCents.optional(),
  in_stock: flag.optional(),
  currency: currencyParameter.optional(),
  sort: oneOf(['NEWEST', 'PRICE_ASC']).default('NEWEST'),
});

function refusal(query: object): string {
  try {
    readQuery(schema, query);
  } catch (error) {
    if (error instanceof RestProblem && error.code === 'bad_request') return error.message;
  }
  throw new Error('the query was not refused as a bad request');
}

it('gives the defaults where nothing is said', () => {
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
])('refuses %s=%j naming the parameter', (name, value) => {
  expect(refusal({ [name]: value })).toContain(`"${name}"`);
});

it('refuses parameters that it does not know, naming each', () => {
  expect(refusal({ page: '2', offset: '3' })).toMatch(/"page".*"offset"/);
});

it('does not let __proto__ through', () => {
  const query = Object.assign(Object.create(null) as object, JSON.parse('{"__proto__": "1"}'));
  expect(() => readQuery(schema, query)).toThrow('__proto__');
});
