import { serviceCredential } from '@shop/testkit/keys';
import { rest } from '@shop/testkit/http';
import { type ProductService, startProductService } from './support/product-service';

describe('the service', () => {
  let service: ProductService;

  beforeAll(async () => {
    service = await startProductService();
  });
  afterAll(() => service.stop());

  const body = { query: '{ products { nodes { id } } }' };

  it.each([
    ['none', () => undefined],
    ['one for another service', () => serviceCredential('gateway', 'order')],
    ['no credential at all', () => 'a.b.c'],
  ])('answers 401 to a caller without a credential for it: %s', async (_name, credential) => {
    const value = credential();
    const headers: Record<string, string> = value ? { 'x-service-authorization': `Bearer ${value}` } : {};
    const { status } = await rest(service.url)('POST', '/graphql', { body, headers });
    expect(status).toBe(401);
  });

  it('serves /healthz and /readyz without a credential', async () => {
    const get = rest(service.url);
    expect((await get('GET', '/healthz')).status).toBe(200);
    expect((await get('GET', '/readyz')).status).toBe(200);
  });

  it('has the columns that its entities describe', async () => {
    // Words of a product are kept by a trigger and read by searches only.
    for (const entity of service.dataSource.entityMetadatas) {
      const columns = await service.dataSource.query<{ name: string; isNullable: boolean }[]>(
        `SELECT column_name AS name, is_nullable = 'YES' AS "isNullable" FROM information_schema.columns
         WHERE table_name = $1 AND data_type <> 'tsvector' ORDER BY column_name`,
        [entity.tableName],
      );
      const described = entity.columns
        .map((column) => ({ name: column.databaseName, isNullable: column.isNullable }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      expect({ [entity.tableName]: described }).toEqual({ [entity.tableName]: columns });
    }
  });
});
