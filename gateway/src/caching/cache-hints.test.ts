import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Supergraph } from '@apollo/federation-internals';
import { getOperationAST, parse } from 'graphql';
import { maxAgeOf, readCacheHints } from './cache-hints';

const sdl = readFileSync(join(__dirname, '../../supergraph.graphql'), 'utf8');
const schema = Supergraph.build(sdl).apiSchema().toGraphQLJSSchema();
const hints = readCacheHints(parse(sdl));

function maxAge(text: string, operationName?: string): number {
  const document = parse(text);
  return maxAgeOf({ document, schema, operation: getOperationAST(document, operationName)! }, hints);
}

// A field in this list must not depend on the caller.
test('Only these fields may be cached', () => {
  expect(Object.fromEntries(hints)).toEqual({
    'Product.price': 10,
    'Product.stock': 2,
    'Product.inStock': 2,
    'ProductConnection.edges': 10,
    'ProductConnection.nodes': 10,
    'ProductConnection.pageInfo': 10,
    'ProductEdge.node': 10,
    'Query.product': 10,
    'Query.productBySku': 10,
    'Query.products': 10,
  });
});

test('The fields without a selection of a cached type are those of the catalogue', () => {
  const fields = Object.keys((schema.getType('Product') as unknown as { getFields(): object }).getFields());
  expect(fields.toSorted()).toEqual(
    'createdAt description id inStock name price sku stock updatedAt'.split(' '),
  );
});

test.each([
  ['{ products { nodes { id name price { amountCents } } pageInfo { hasNextPage } totalCount } }', 10],
  ['{ products { edges { cursor node { stock } } } }', 2],
  ['{ a: product(id: "1") { name } b: productBySku(sku: "1") { inStock } }', 2],
  ['query ($with: Boolean!) { product(id: "1") { name ... @include(if: $with) { stock } } }', 2],
  ['{ product(id: "1") { ...Parts } } fragment Parts on Product { __typename stock }', 2],
  ['{ __typename product(id: "1") { __typename } }', 10],
  ['{ __typename }', 0],
  ['{ me { id } }', 0],
  ['{ product(id: "1") { name } me { id } }', 0],
  ['{ product(id: "1") { name } ...Own } fragment Own on Query { me { id } }', 0],
  ['{ __schema { queryType { name } } }', 0],
  ['mutation { logout { __typename } }', 0],
])('%s is cached for %i s', (text, expected) => {
  expect(maxAge(text)).toBe(expected);
});

test('Other operations of the document do not count', () => {
  const text = 'query A { product(id: "1") { name } } query B { me { id } }';
  expect([maxAge(text, 'A'), maxAge(text, 'B')]).toEqual([10, 0]);
});
