import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, Kind, type OperationDefinitionNode, parse } from 'graphql';
import * as operations from '../rest/generated/operations';
import { readCostTable } from './cost-table';
import { operationCost } from './operation-cost';

const folder = join(__dirname, '..', '..');
const schema = buildSchema(readFileSync(join(folder, 'api-schema.graphql'), 'utf8'));
const costs = readCostTable(readFileSync(join(folder, 'supergraph.graphql'), 'utf8'));

function cost(query: string, variables: Record<string, unknown> = {}): number {
  const document = parse(query);
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return operationCost({
    schema,
    document,
    operation: operation as OperationDefinitionNode,
    variables,
    costs,
  });
}

const page = (first: string | number, inside: string) =>
  `{ orders(first: ${first}) { nodes { ${inside} } } }`;

describe('An operation costs', () => {
  it.each<[string, number, string]>([
    ['1 for an object, nothing for its scalars', 1, '{ me { id email role } }'],
    ['nothing for what it learns about the schema', 0, '{ __typename __schema { types { name } } }'],
    ['a page and as many objects as it asks for', 1 + 7, page(7, 'id')],
    ['the default page where it asks for none', 1 + 20, '{ orders { nodes { id } } }'],
    ['the greater of two sizes', 1 + 30, '{ orders(first: 5, last: 30) { nodes { id } } }'],
    [
      'each way through a page',
      1 + 2 * (1 + 1) + 2,
      '{ orders(first: 2) { edges { node { id } } nodes { id } } }',
    ],
    [
      'what is inside a list as often as the list is long',
      1 + 3 * (1 + 10 * (1 + 1)),
      page(3, 'items { unitPrice { amountCents } }'),
    ],
    ['10 for each mutation', 2 * 10, 'mutation { revokeAllSessions logout(refreshToken: "x") }'],
    ['what @cost adds', 1 + 10, '{ products { totalCount } }'],
  ])('%s', (_what, expected, query) => {
    expect(cost(query)).toBe(expected);
  });

  it('what its variables say, or their defaults', () => {
    const query = 'query ($n: Int = 4) { orders(first: $n) { nodes { id } } }';
    expect([cost(query), cost(query, { n: 9 }), cost(query, { n: 'x' })]).toEqual([5, 10, 11]);
  });

  it('the same with fragments as without', () => {
    const inside = 'items { quantity product { id } } payments { id }';
    const fragment = `{ orders(first: 6) { ...Page } } fragment Page on OrderConnection { nodes { ...Inside } } fragment Inside on Order { ${inside} }`;
    expect(cost(fragment)).toBe(cost(page(6, inside)));
  });

  it('beyond any number, in no time, when fragments double each other', () => {
    const doubling = Array.from(
      { length: 60 },
      (_, level) => `fragment F${level} on Order { ...F${level + 1} ...F${level + 1} }`,
    );
    const query = `{ order(id: "1") { ...F0 } } ${doubling.join(' ')} fragment F60 on Order { total { amountCents } }`;
    expect(cost(query)).toBeGreaterThan(1e18);
  });
});

describe('The default limit of 10,000', () => {
  it("lets every operation of the REST facade pass, at a page's greatest size", () => {
    const documents = Object.entries(operations).filter(([name]) => name.endsWith('Document'));
    expect(documents.length).toBeGreaterThan(10);
    for (const [name, document] of documents) {
      const operation = (document as { definitions: readonly { kind: string }[] }).definitions[0];
      const price = operationCost({
        ...{ schema, costs, document: document, operation: operation as OperationDefinitionNode },
        variables: { first: 100 },
      });
      expect({ name, isCheap: price <= 10_000 }).toEqual({ name, isCheap: true });
    }
  });

  it('refuses orders of users of orders of users of orders', () => {
    const orders = (inside: string) => `orders { nodes { user { ${inside} } } }`;
    expect(cost(`{ ${orders(orders(orders('id')))} }`)).toBeGreaterThan(10_000);
  });
});
