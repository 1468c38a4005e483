import type { DataSource } from 'typeorm';
import { CatalogueRepository } from '../src/product/catalogue.repository';
import { sortOrders, type ProductSort } from '../src/product/product-sort';
import { dataOf, type ProductService, startProductService } from './support/product-service';

const rows = 10_050;

describe('a large catalogue', () => {
  let service: ProductService;

  beforeAll(async () => {
    service = await startProductService();
    await service.dataSource.query(
      `INSERT INTO products (sku, name, description, price_cents, currency, stock)
       SELECT 'L-' || n, 'thing ' || md5(n::text), 'number ' || n, n % 5000, 'EUR', n % 3
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

  it('serves the search from its index', async () => {
    const plan = await planOf(service.dataSource, (catalogue) =>
      catalogue.findPage({ search: 'number 4242' }, sortOrders.NEWEST, { limit: 20, backward: false }),
    );
    expect(plan).toContain('products_by_word');
    expect(plan).not.toContain('Seq Scan');
  });
});

function middleOf(sort: ProductSort): (string | number)[] {
  const id = '01a18df7-f500-7bd9-9b3d-bffab89f890e';
  return { NEWEST: [id], NAME_ASC: ['thing 8', id], PRICE_ASC: [2_500, id], PRICE_DESC: [2_500, id] }[sort];
}

/** The plan of the statement that the repository sends, with its own parameters. */
async function planOf(
  dataSource: DataSource,
  read: (catalogue: CatalogueRepository) => Promise<unknown>,
): Promise<string> {
  const lines: string[] = [];
  const connection = {
    async query({ text, values }: { text: string; values: unknown[] }) {
      const plan = await dataSource.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${text}`, values);
      lines.push(...plan.map((line) => line['QUERY PLAN']));
      return { rows: [] };
    },
  };
  const explaining = { queryRunner: { connect: () => Promise.resolve(connection) } };
  await read(new CatalogueRepository(explaining as unknown as DataSource));
  return lines.join('\n');
}
