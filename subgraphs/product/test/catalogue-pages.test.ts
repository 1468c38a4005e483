import { addProduct } from './support/catalogue-operations';
import { dataOf, errorCodeOf, type ProductService, startProductService } from './support/product-service';
import { repositoryStatements } from '@shop/testkit/repository-statements';

interface Page {
  products: {
    nodes: { id: string; name: string; price: { amountCents: number } }[];
    edges: { cursor: string; node: { id: string } }[];
    pageInfo: {
      hasNextPage: boolean;
      hasPreviousPage: boolean;
      startCursor: string | null;
      endCursor: string | null;
    };
  };
}

const pageQuery = `query ($first: Int, $after: String, $last: Int, $before: String, $sort: ProductSort) {
  products(first: $first, after: $after, last: $last, before: $before, sort: $sort) {
    nodes { id name price { amountCents } }
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

const sorts = ['NEWEST', 'NAME_ASC', 'PRICE_ASC', 'PRICE_DESC'] as const;
const names = ['zebra rug', 'Äpfel', 'apple', 'Apple', 'étagère', 'Mug', 'mug'];

describe('Catalogue pages', () => {
  let service: ProductService;
  const ids: string[] = [];

  beforeAll(async () => {
    service = await startProductService();
    // Many alike, so that the id has to break ties in each sort.
    for (let index = 0; index < 23; index += 1) {
      const name = names[index % names.length];
      const product = await addProduct(service, { name, priceCents: (index % 4) * 100 });
      ids.push(product.id);
    }
  });
  afterAll(() => service.stop());

  async function read(variables: object) {
    return dataOf(await service.send<Page>(pageQuery, variables)).products;
  }

  async function readForward(sort: string) {
    const nodes: Page['products']['nodes'] = [];
    let after: string | null = null;
    for (;;) {
      const page: Page['products'] = await read({ first: 5, after, sort });
      nodes.push(...page.nodes);
      if (!page.pageInfo.hasNextPage) return nodes;
      after = page.pageInfo.endCursor;
    }
  }

  async function readBackward(sort: string) {
    const nodes: Page['products']['nodes'] = [];
    let before: string | null = null;
    for (;;) {
      const page: Page['products'] = await read({ last: 5, before, sort });
      nodes.unshift(...page.nodes);
      if (!page.pageInfo.hasPreviousPage) return nodes;
      before = page.pageInfo.startCursor;
    }
  }

  it.each(sorts)('%s shows each product exactly once, forward and backward', async (sort) => {
    const forward = await readForward(sort);
    expect(forward).toHaveLength(ids.length);
    expect(new Set(forward.map((node) => node.id))).toEqual(new Set(ids));
    expect(await readBackward(sort)).toEqual(forward);
  });

  it('NEWEST is the default and returns the last added product first', async () => {
    const page = await read({ first: 23 });
    expect(page.nodes.map((node) => node.id)).toEqual([...ids].reverse());
  });

  it('NAME_ASC follows the letters of the alphabet, not their codes', async () => {
    const sorted = (await readForward('NAME_ASC')).map((node) => node.name);
    expect([...new Set(sorted)]).toEqual(['Äpfel', 'apple', 'Apple', 'étagère', 'mug', 'Mug', 'zebra rug']);
  });

  it('PRICE_ASC and PRICE_DESC are each other reversed', async () => {
    const ascending = await readForward('PRICE_ASC');
    const amounts = ascending.map((node) => node.price.amountCents);
    expect(amounts).toEqual([...amounts].sort((a, b) => a - b));
    expect(await readForward('PRICE_DESC')).toEqual([...ascending].reverse());
  });

  it('a product that is added between two pages neither hides nor repeats another', async () => {
    const first = await read({ first: 10, sort: 'NEWEST' });
    await service.dataSource.transaction(async (transaction) => {
      await transaction.query(
        `INSERT INTO products (sku, name, price_cents, currency, stock) VALUES ('T-late', 'late', 1, 'EUR', 0)`,
      );
    });
    const second = await read({ first: 10, sort: 'NEWEST', after: first.pageInfo.endCursor });
    await service.dataSource.query(`DELETE FROM products WHERE sku = 'T-late'`);
    const newestFirst = [...ids].reverse();
    expect([...first.nodes, ...second.nodes].map((node) => node.id)).toEqual(newestFirst.slice(0, 20));
  });

  it('each edge has a cursor that continues behind it', async () => {
    const { edges } = await read({ first: 5, sort: 'PRICE_ASC' });
    const behindSecond = await read({ first: 3, after: edges[1]?.cursor, sort: 'PRICE_ASC' });
    expect(behindSecond.nodes.map((node) => node.id)).toEqual(edges.slice(2).map((edge) => edge.node.id));
  });

  it.each([{ first: 0 }, { first: 101 }, { first: -1 }, { last: 0 }, { last: 101 }])(
    'a page of %j is rejected',
    async (variables) => {
      expect(errorCodeOf(await service.send(pageQuery, variables))).toBe('BAD_USER_INPUT');
    },
  );

  it.each([
    'nonsense',
    Buffer.from('["NEWEST"]').toString('base64url'),
    Buffer.from(`["NEWEST","' OR true --"]`).toString('base64url'),
    Buffer.from('{"NEWEST":1}').toString('base64url'),
  ])('the cursor %s is refused', async (after) => {
    expect(errorCodeOf(await service.send(pageQuery, { after }))).toBe('BAD_USER_INPUT');
  });

  it('a cursor of one sort is rejected in another', async () => {
    const { pageInfo } = await read({ first: 2, sort: 'PRICE_ASC' });
    const answer = await service.send(pageQuery, { after: pageInfo.endCursor, sort: 'PRICE_DESC' });
    expect(errorCodeOf(answer)).toBe('BAD_USER_INPUT');
  });

  it('a forged cursor with unstorable text is rejected', async () => {
    const after = Buffer.from(JSON.stringify(['NAME_ASC', 'a\0b', ids[0]])).toString('base64url');
    expect(errorCodeOf(await service.send(pageQuery, { after, sort: 'NAME_ASC' }))).toBe('BAD_USER_INPUT');
  });

  it('the number of statements does not depend on the size of the page', async () => {
    const few = await repositoryStatements(() => read({ first: 2 }));
    const many = await repositoryStatements(() => read({ first: 20 }));
    expect([few, many]).toEqual([['CatalogueRepository.findPage'], ['CatalogueRepository.findPage']]);
  });
});
