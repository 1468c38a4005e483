import { addProduct, updateProductMutation } from './support/catalogue-operations';
import { dataOf, errorCodeOf, type ProductService, startProductService } from './support/product-service';
import { repositoryStatements } from '@shop/testkit/repository-statements';

const searchQuery = `query ($filter: ProductFilter) {
  products(filter: $filter, sort: NAME_ASC) { nodes { name } totalCount }
}`;

interface SearchAnswer {
  products: { nodes: { name: string }[]; totalCount: number };
}

describe('search and filters of the catalogue', () => {
  let service: ProductService;

  beforeAll(async () => {
    service = await startProductService();
    const chair = { description: 'Oiled by hand, for the garden.', priceCents: 4_500, stock: 3 };
    await addProduct(service, { sku: 'CHAIR-0042.X', name: 'Oak chair', ...chair });
    await addProduct(service, { name: 'Oak table', description: 'Seats six.', priceCents: 19_900, stock: 0 });
    await addProduct(service, {
      name: 'Café crème',
      description: 'Ø 12 cm',
      priceCents: 300,
      currency: 'USD',
      stock: 9,
    });
  });
  afterAll(() => service.stop());

  async function find(filter: object): Promise<string[]> {
    const { products } = dataOf(await service.send<SearchAnswer>(searchQuery, { filter }));
    expect(products.totalCount).toBe(products.nodes.length);
    return products.nodes.map((node) => node.name);
  }

  it.each([
    ['a word of the name', 'chair', ['Oak chair']],
    ['a word of the description', 'garden', ['Oak chair']],
    ['the whole SKU', 'CHAIR-0042.X', ['Oak chair']],
    ['a part of the SKU', '0042', ['Oak chair']],
    ['the beginning of a word', 'gard', ['Oak chair']],
    ['several words, all of which must occur', 'table oak', ['Oak table']],
    ['a word that several have', 'oak', ['Oak chair', 'Oak table']],
    ['upper or lower case', 'OAK CHAIR', ['Oak chair']],
    ['letters with accents, composed', 'café', ['Café crème']],
    ['letters with accents, decomposed', 'cafe\u0301', ['Café crème']],
    ['letters outside of ASCII in upper case', 'CRÈME ø', ['Café crème']],
    ['words that do not occur together', 'oak crème', []],
    ['the middle of a word', 'air', []],
    ['no word at all', '!?&|', []],
  ])('finds by %s', async (_rule, search, names) => {
    expect(await find({ search })).toEqual(names);
  });

  it.each(['', '   '])('an empty search %j is no condition', async (search) => {
    expect(await find({ search })).toHaveLength(3);
  });

  it.each([
    `'`,
    `"`,
    `\\`,
    `' OR 1=1 --`,
    `a & | !`,
    `:*`,
    `oak:*`,
    `<->`,
    `(`,
    `)`,
    `%_`,
    `!!oak`,
    `oak <2> chair`,
    `$1`,
    `\ud83d\ude00`,
    `\u202eoak`,
    `<script>`,
    `ﬁ ª ½ ①`,
    `ไทย`,
    `0x1F 1e5 -5 3.14`,
    `a@b.co http://x.y/z?q`,
    'x'.repeat(200),
  ])('no text breaks the query: %s', async (search) => {
    expect(errorCodeOf(await service.send(searchQuery, { filter: { search } }))).toBeUndefined();
  });

  it.each(['x'.repeat(201), 'nul\0', 'half \ud83d'])(
    'rejects a search that is too long or not storable',
    async (search) => {
      expect(errorCodeOf(await service.send(searchQuery, { filter: { search } }))).toBe('BAD_USER_INPUT');
    },
  );

  it.each([
    [{ inStock: true }, ['Café crème', 'Oak chair']],
    [{ inStock: false }, ['Oak table']],
    [{ minPriceCents: 4_500 }, ['Oak chair', 'Oak table']],
    [{ maxPriceCents: 4_500 }, ['Café crème', 'Oak chair']],
    [{ minPriceCents: 4_500, maxPriceCents: 4_500 }, ['Oak chair']],
    [{ minPriceCents: 9_007_199_254_740_991 }, []],
    [{ currency: 'USD' }, ['Café crème']],
    [{ search: 'oak', inStock: true, currency: 'EUR' }, ['Oak chair']],
    [
      { search: null, inStock: null, minPriceCents: null, maxPriceCents: null, currency: null },
      ['Café crème', 'Oak chair', 'Oak table'],
    ],
  ])('filters by %j', async (filter, names) => {
    expect(await find(filter)).toEqual(names);
  });

  it('counts only if totalCount is requested', async () => {
    const list = (fields: string) => () => service.send(`{ products { ${fields} } }`);
    expect(await repositoryStatements(list('nodes { id }'))).toHaveLength(1);
    expect(await repositoryStatements(list('nodes { id } totalCount'))).toHaveLength(2);
  });
});

describe('the words of a product', () => {
  let service: ProductService;

  beforeAll(async () => {
    service = await startProductService();
  });
  afterAll(() => service.stop());

  const find = async (filter: object) =>
    dataOf(await service.send<SearchAnswer>(searchQuery, { filter })).products.nodes;

  it.each([
    ['sku', 'Birch-77', 'birch'],
    ['name', 'Beech stool', 'beech'],
    ['description', 'Made of walnut.', 'walnut'],
  ])('change with its %s', async (field, value, word) => {
    const { id } = await addProduct(service, { sku: `Ash-1-${field}`, name: 'Ash', description: 'Of ash.' });
    expect(await find({ search: word })).toEqual([]);
    await service.send(updateProductMutation, { input: { id, [field]: value } }, { as: 'admin' });
    expect(await find({ search: word })).toHaveLength(1);
    const rest = { name: 'Pine', description: 'Of pine.' };
    await service.send(
      updateProductMutation,
      { input: { id, ...rest, sku: `Pine-${field}` } },
      { as: 'admin' },
    );
    expect(await find({ search: word })).toEqual([]);
    expect(await find({ search: 'ash' })).toEqual([]);
  });
});
