import type { DataSource } from 'typeorm';
import { CatalogueRepository, type SearchLimits } from '../src/product/catalogue.repository';
import { sortOrders, type ProductSort } from '../src/product/product-sort';
import { dataOf, type ProductService, startProductService } from './support/product-service';

const rows = 10_050;

describe('a large catalogue', () => {
  let service: ProductService;

  beforeAll(async () => {
    service = await startProductService();
    await service.dataSource.query(
      `INSERT INTO products (sku, name, description, price_cents, currency, stock)
       SELECT 'L-' || n, 'thing ' || md5(n::text), CASE n % 2 WHEN 0 THEN 'even' ELSE 'odd' END || ' number ' || n,
              n % 5000, 'EUR', n % 3
       FROM generate_series(1, $1::int) AS n`,
      [rows],
    );
    await service.dataSource.query('ANALYZE products');
  });
  afterAll(() => service.stop());

  it('is counted up to 10001', async () => {
    const answer = await service.send<{ products: { totalCount: number } }>('{ products { totalCount } }');
    expect(dataOf(answer).products.totalCount).toBe(10_001);
  });

  it.each([
    ['NEWEST', false, 'products_pkey'],
    ['NEWEST', true, 'products_pkey'],
    ['NAME_ASC', false, 'products_by_name'],
    ['NAME_ASC', true, 'products_by_name'],
    ['PRICE_ASC', false, 'products_by_price'],
    ['PRICE_DESC', false, 'products_by_price'],
  ] as const)(
    '%s (backward: %s) reads a page from its index, without sorting',
    async (sort, backward, index) => {
      const position = backward ? { before: middleOf(sort) } : { after: middleOf(sort) };
      const plan = await planOf(service.dataSource, (catalogue) =>
        catalogue.findPage({}, sortOrders[sort], { limit: 20, backward, ...position }),
      );
      expect(plan).toContain(index);
      expect(plan).not.toMatch(/Sort|Seq Scan/);
    },
  );

  const firstPage = { limit: 20, backward: false };

  it('serves a search with few results from the word index', async () => {
    const plan = await planOf(service.dataSource, (catalogue) =>
      catalogue.findPage({ search: 'number 4242' }, sortOrders.NEWEST, firstPage),
    );
    expect(plan).toContain('products_by_word');
    expect(plan).not.toMatch(/Seq Scan|products_pkey/);
  });

  it('serves a search with many results from the sort index', async () => {
    const plan = await planOf(
      service.dataSource,
      (catalogue) => catalogue.findPage({ search: 'thing' }, sortOrders.NAME_ASC, firstPage),
      { fewRows: 1, walkedRows: 20_000 },
    );
    expect(plan).toContain('products_by_name');
    expect(plan.slice(0, plan.indexOf('products_by_name'))).not.toMatch(/Sort|Seq Scan|products_by_word/);
  });

  it('stops reading the sort index if frequent words never occur together', async () => {
    const plan = await planOf(
      service.dataSource,
      (catalogue) => catalogue.findPage({ search: 'odd even' }, sortOrders.NEWEST, firstPage),
      { fewRows: 1, walkedRows: 100 },
    );
    expect(plan).toMatch(/Limit [^\n]* rows=100 [^]* products_pkey [^]* products_by_word/);
    expect(plan).not.toContain('Seq Scan');
  });

  it('serves the products with a rare currency from an index', async () => {
    const plan = await planOf(service.dataSource, (catalogue) =>
      catalogue.findPage({ currency: 'JPY' }, sortOrders.NEWEST, firstPage),
    );
    expect(plan).toContain('products_by_currency');
  });

  const searches = ['odd', 'odd even', 'number 42', 'odd 7', 'thing', 'absent'];
  const bounds = [{}, { minPriceCents: 100, maxPriceCents: 300 }, { inStock: false, currency: 'EUR' }];
  it.each(searches.flatMap((search) => bounds.map((bound) => ({ search, ...bound }))))(
    'finds the same products for %j however they are read',
    async (filter) => {
      for (const sort of ['NEWEST', 'NAME_ASC', 'PRICE_ASC', 'PRICE_DESC'] as const)
        for (const position of [{}, { after: middleOf(sort) }, { before: middleOf(sort), backward: true }]) {
          const page = { ...firstPage, ...position };
          const pages = await Promise.all(
            [
              { fewRows: 0, walkedRows: 1_000_000 },
              { fewRows: 0, walkedRows: 60 },
              { fewRows: Infinity, walkedRows: 0 },
            ].map((limits) =>
              new CatalogueRepository(service.dataSource, limits).findPage(filter, sortOrders[sort], page),
            ),
          );
          const [expected, ...others] = pages.map((products) => products.map(({ id }) => id));
          for (const other of others) expect(other).toEqual(expected);
        }
    },
  );
});

function middleOf(sort: ProductSort): (string | number)[] {
  const id = '01a18df7-f500-7bd9-9b3d-bffab89f890e';
  return { NEWEST: [id], NAME_ASC: ['thing 8', id], PRICE_ASC: [2_500, id], PRICE_DESC: [2_500, id] }[sort];
}

/** The plans of the statements that the repository sends, with their own parameters. */
async function planOf(
  dataSource: DataSource,
  read: (catalogue: CatalogueRepository) => Promise<unknown>,
  limits?: SearchLimits,
): Promise<string> {
  const lines: string[] = [];
  const connection = {
    async query({ text, values }: { text: string; values: unknown[] }) {
      if (text.includes('EXPLAIN')) return { rows: await dataSource.query<object[]>(text, values) };
      const plan = await dataSource.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${text}`, values);
      lines.push(...plan.map((line) => line['QUERY PLAN']));
      return { rows: [] };
    },
  };
  const explaining = { queryRunner: { connect: () => Promise.resolve(connection) } };
  await read(new CatalogueRepository(explaining as unknown as DataSource, limits));
  return lines.join('\n');
}
