import { checkFields, productRules } from './product-input';

const pathsOf = (input: object) =>
  checkFields(input as { sku?: string | null }, productRules).map((field) => field.path);

describe('checkFields', () => {
  it('returns nothing for valid fields', () => {
    expect(pathsOf({ sku: 'A', name: 'B', priceCents: 0, currency: 'EUR', stock: 0 })).toEqual([]);
  });

  it('does not check missing fields', () => {
    expect(pathsOf({ sku: undefined, name: null })).toEqual([]);
  });

  it('returns each field that breaks its rule', () => {
    expect(pathsOf({ sku: 'a b', name: 'fine', priceCents: -1 })).toEqual(['sku', 'priceCents']);
  });

  it.each(['EUR', 'USD', 'JPY', 'CHF'])('accepts the currency %s', (currency) => {
    expect(pathsOf({ currency })).toEqual([]);
  });

  it.each(['XYZ', 'EURO', 'eur', ''])('rejects the currency %j', (currency) => {
    expect(pathsOf({ currency })).toEqual(['currency']);
  });

  it('counts code points, not UTF-16 code units', () => {
    expect(pathsOf({ name: '👍'.repeat(200) })).toEqual([]);
    expect(pathsOf({ name: '👍'.repeat(201) })).toEqual(['name']);
  });
});
