import { randomUUID } from 'node:crypto';
import { addProduct } from './support/catalogue-operations';
import { dataOf, type ProductService, startProductService } from './support/product-service';
import { repositoryStatements } from '@shop/testkit/repository-statements';

const entitiesQuery = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on Product { id sku name } }
}`;

describe('Product as an entity', () => {
  let service: ProductService;

  beforeAll(async () => {
    service = await startProductService();
  });
  afterAll(() => service.stop());

  async function resolve(keys: object[]) {
    const representations = keys.map((key) => ({ __typename: 'Product', ...key }));
    const answer = await service.send<{ _entities: unknown[] }>(entitiesQuery, { representations });
    return dataOf(answer)._entities;
  }

  it('resolves by ID and by SKU for an anonymous caller; unknown keys resolve to null', async () => {
    const { id, sku, name } = await addProduct(service);
    const product = { id, sku, name };
    const keys = [
      { sku },
      { id: randomUUID() },
      { id },
      { sku: 'none' },
      { id: 'no-uuid' },
      { sku: 'nul\0' },
    ];
    expect(await resolve(keys)).toEqual([product, null, product, null, null, null]);
    expect(await resolve([{ id: id.toUpperCase() }])).toEqual([product]);
  });

  it('resolves the others if one representation is invalid, which is null with an error at its own path', async () => {
    const { id, sku, name } = await addProduct(service);
    const good = { __typename: 'Product', id };
    const bad = [
      { __typename: 'Product' },
      { ...good, id: null },
      { ...good, id: {} },
      { __typename: 'Product', sku: 1 },
      { ...good, __typename: 'Nope' },
      'text',
    ];
    const representations = [good, ...bad, good];
    const { body } = await service.send<{ _entities: unknown[] }>(entitiesQuery, { representations });
    const product = { id, sku, name };
    expect(body.data?._entities).toEqual([product, ...bad.map(() => null), product]);
    expect(body.errors?.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual(
      bad.map((_, index) => [['_entities', index + 1], 'BAD_USER_INPUT']),
    );
  });

  it('takes one statement per batch', async () => {
    const products = await Promise.all(Array.from({ length: 20 }, () => addProduct(service)));
    const byId = products.map(({ id }) => ({ id }));
    const bySku = products.map(({ sku }) => ({ sku }));
    expect(await repositoryStatements(() => resolve(byId))).toHaveLength(1);
    expect(await repositoryStatements(() => resolve([...byId, ...bySku, ...byId]))).toHaveLength(2);
  });

  it('is returned by Query.product and Query.productBySku alike', async () => {
    const { id, sku } = await addProduct(service);
    const query = `query ($id: ID!, $sku: String!) {
      product(id: $id) { id } productBySku(sku: $sku) { id }
    }`;
    expect(dataOf(await service.send(query, { id, sku }))).toEqual({ product: { id }, productBySku: { id } });
    const nothing = { product: null, productBySku: null };
    expect(dataOf(await service.send(query, { id: randomUUID(), sku: sku.toLowerCase() }))).toEqual(nothing);
    expect(dataOf(await service.send(query, { id: "1' OR true --", sku: '\0' }))).toEqual(nothing);
  });
});
