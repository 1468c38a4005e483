import { checkFields, productRules } from './product-input';

const pathsOf = (input: object) =>
  checkFields(input as { sku?: string | null }, productRules).map((field) => field.path);

describe('checkFields', () => {
  it('finds nothing where every rule is kept', () => {
    expect(pathsOf({ sku: 'A', name: 'B', priceCents: 0, currency: 'EUR', stock: 0 })).toEqual([]);
  });

  it('does not check what is not given', () => {
    expect(pathsOf({ sku: undefined, name: null })).toEqual([]);
  });

  it('names each field that breaks its rule', () => {
    expect(pathsOf({ sku: 'a b', name: 'fine', priceCents: -1 })).toEqual(['sku', 'priceCents']);
  });

  it.each(['EUR', 'USD', 'JPY', 'CHF'])('knows the currency %s', (currency) => {
    expect(pathsOf({ currency })).toEqual([]);
  });

  it.each(['XYZ', 'EURO', 'eur', ''])('knows no currency %j', (currency) => {
    expect(pathsOf({ currency })).toEqual(['currency']);
  });

  it('counts characters, not their UTF-16 halves', () => {
    expect(pathsOf({ name: '👍'.repeat(200) })).toEqual([]);
    expect(pathsOf({ name: '👍'.repeat(201) })).toEqual(['name']);
  });
});
