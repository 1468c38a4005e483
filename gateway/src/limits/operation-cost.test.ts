import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  getNullableType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import * as operations from '../rest/generated/operations';
import { readCostTable } from './cost-table';
import { operationCost } from './operation-cost';

const folder = join(__dirname, '..', '..');
const schema = buildSchema(readFileSync(join(folder, 'api-schema.graphql'), 'utf8'));
const costs = readCostTable(parse(readFileSync(join(folder, 'supergraph.graphql'), 'utf8')));

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

describe('operationCost', () => {
  it.each<[string, number, string]>([
    ['is 1 for an object and 0 for its scalars', 1, '{ me { id email role } }'],
    ['is 0 for introspection', 0, '{ __typename __schema { types { name } } }'],
    ['is 1 for a page and 1 for each object of the requested size', 1 + 7, page(7, 'id')],
    ['uses the default page size', 1 + 20, '{ orders { nodes { id } } }'],
    ['uses the greater of two sizes', 1 + 30, '{ orders(first: 5, last: 30) { nodes { id } } }'],
    [
      'adds nodes and edges of a page',
      1 + 2 * (1 + 1) + 2,
      '{ orders(first: 2) { edges { node { id } } nodes { id } } }',
    ],
    [
      'multiplies selections by the size of the enclosing lists',
      1 + 3 * (1 + 100 * (1 + 1)),
      page(3, 'items { unitPrice { amountCents } }'),
    ],
    [
      'multiplies the lists of a cycle',
      1 + 10 * (1 + 1 + 10 * (1 + 1 + 10 * 1)),
      '{ order(id: "1") { payments { order { payments { order { payments { id } } } } } } }',
    ],
    ['adds 1 for each aliased value', 1 + 4 * (1 + 2), '{ orders(first: 4) { nodes { a: id b: status } } }'],
    ['adds 10 for each mutation', 2 * 10, 'mutation { revokeAllSessions logout(refreshToken: "x") }'],
    [
      'adds 10 for each mutation of a fragment',
      2 * 10,
      'mutation { ...F } fragment F on Mutation { revokeAllSessions logout(refreshToken: "x") }',
    ],
    ['adds the weight of @cost', 1 + 10, '{ products { totalCount } }'],
  ])('%s', (_what, expected, query) => {
    expect(cost(query)).toBe(expected);
  });

  it('uses the values of variables, or their defaults', () => {
    const query = 'query ($n: Int = 4) { orders(first: $n) { nodes { id } } }';
    expect([cost(query), cost(query, { n: 9 }), cost(query, { n: 'x' })]).toEqual([5, 10, 11]);
  });

  it('is the same with and without fragments', () => {
    const inside = 'items { quantity product { id } } payments { id }';
    const fragment = `{ orders(first: 6) { ...Page } } fragment Page on OrderConnection { nodes { ...Inside } } fragment Inside on Order { ${inside} }`;
    expect(cost(fragment)).toBe(cost(page(6, inside)));
  });

  it('is calculated in linear time when fragments double each other', () => {
    const doubling = Array.from(
      { length: 60 },
      (_, level) => `fragment F${level} on Order { ...F${level + 1} ...F${level + 1} }`,
    );
    const query = `{ order(id: "1") { ...F0 } } ${doubling.join(' ')} fragment F60 on Order { total { amountCents } }`;
    expect(cost(query)).toBeGreaterThan(1e18);
  });
});

describe('a list of the schema', () => {
  it('has @listSize, or the size of the enclosing connection', () => {
    const types = Object.values(schema.getTypeMap()).filter(isObjectType);
    const own = types.filter(({ name }) => !name.startsWith('__'));
    const sizedFields = new Set([...costs.values()].flatMap(({ sizedFields: fields = [] }) => fields));
    const unsized = own.flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => isListType(getNullableType(field.type)))
        .filter((field) => costs.get(`${type.name}.${field.name}`)?.assumedSize === undefined)
        .filter((field) => !(type.name.endsWith('Connection') && sizedFields.has(field.name)))
        .map((field) => `${type.name}.${field.name}`),
    );
    expect(unsized).toEqual([]);
  });
});

describe('the default limit of 15,000', () => {
  const limit = 15_000;

  it('accepts the operations of the REST facade with the default page size; their largest page costs less than three times the limit', () => {
    const documents = Object.entries(operations).filter(([name]) => name.endsWith('Document'));
    expect(documents.length).toBeGreaterThan(10);
    for (const [name, document] of documents) {
      const operation = (document as { definitions: readonly { kind: string }[] }).definitions[0];
      const priceOf = (first: number) =>
        operationCost({
          ...{ schema, costs, document: document, operation: operation as OperationDefinitionNode },
          variables: { first },
        });
      expect({ name, isCheap: priceOf(20) <= limit }).toEqual({ name, isCheap: true });
      expect({ name, isCheap: priceOf(100) <= 3 * limit }).toEqual({ name, isCheap: true });
    }
  });

  it('accepts 100 orders with their items, and an order history page with products', () => {
    expect(cost(page(100, 'id items { sku quantity }'))).toBeLessThanOrEqual(limit);
    const history =
      'id total { amountCents } timeline { message } payments { status amount { amountCents } } items { product { id name } unitPrice { amountCents } lineTotal { amountCents } }';
    expect(cost(page(20, history))).toBeLessThanOrEqual(limit);
  });

  it('rejects orders of users of orders of users of orders', () => {
    const orders = (inside: string) => `orders { nodes { user { ${inside} } } }`;
    expect(cost(`{ ${orders(orders(orders('id')))} }`)).toBeGreaterThan(limit);
  });
});
