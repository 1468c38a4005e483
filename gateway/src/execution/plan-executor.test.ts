import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GraphQLDataSource } from '@apollo/gateway';
import { getOperationAST, parse } from 'graphql';
import type { ExecutionRequest } from './execution-request';
import { createPlanExecutor } from './plan-executor';
import type { PreparedOperation } from './prepared-operation';

const sdl = readFileSync(join(__dirname, '../../supergraph.graphql'), 'utf8');

type SubgraphResponse = Awaited<ReturnType<GraphQLDataSource['process']>>;
type Respond = (variables: Record<string, unknown>) => SubgraphResponse;

/** Executes an operation with subgraphs that respond as given, and records their variables. */
function executorOf(subgraphs: Record<string, Respond>) {
  const sent: Record<string, Record<string, unknown>[]> = {};
  const operations = new Map<string, PreparedOperation>();
  const { execute, schema } = createPlanExecutor({
    sdl,
    dataSourceFor: ({ name }) => ({
      process: async ({ request }) => {
        const variables = { ...request.variables };
        (sent[name] ??= []).push(variables);
        return subgraphs[name]?.(variables) ?? { data: null };
      },
    }),
    cache: {
      get: async (key) => operations.get(key),
      set: async (key, operation) => void operations.set(key, operation),
    },
    onPrepared: () => undefined,
  });
  async function run(query: string, variables: Record<string, unknown> = {}) {
    const document = parse(query);
    const request = {
      ...{ schema, document, queryHash: query, operation: getOperationAST(document), context: {} },
      request: { variables },
    };
    return execute(request as unknown as ExecutionRequest);
  }
  return { run, sent };
}

const product = (id: string) => ({ __typename: 'Product', id });
const ordersOf = (...products: string[][]) => ({
  data: {
    orders: { nodes: products.map((ids) => ({ items: ids.map((id) => ({ product: product(id) })) })) },
  },
});
const query = '{ orders { nodes { items { product { name price { currency } } } } } }';

it('fetches an entity once that a response contains several times', async () => {
  const { run, sent } = executorOf({
    order: () => ordersOf(['a', 'b'], ['a'], ['a', 'b']),
    product: ({ representations }) => ({
      data: {
        _entities: (representations as { id: string }[]).map(({ id }) => ({
          ...{ name: `name ${id}`, price: { currency: 'EUR' } },
        })),
      },
    }),
  });
  const { data, errors } = await run(query);
  const item = (id: string) => ({ product: { name: `name ${id}`, price: { currency: 'EUR' } } });
  expect(errors).toBeUndefined();
  expect(data).toEqual({
    orders: {
      nodes: [{ items: [item('a'), item('b')] }, { items: [item('a')] }, { items: [item('a'), item('b')] }],
    },
  });
  expect(sent['product']).toEqual([{ representations: [product('a'), product('b')] }]);
});

it('reports the error of an entity at each of its positions', async () => {
  const { run } = executorOf({
    order: () => ordersOf(['a', 'b'], [], ['b']),
    product: () => ({
      data: { _entities: [{ name: 'name a', price: { currency: 'EUR' } }, null] },
      errors: [{ message: 'gone', path: ['_entities', 1, 'price'], extensions: { code: 'GONE' } }],
    }),
  });
  const { errors = [] } = await run(query);
  expect(errors.map(({ path }) => path)).toEqual([
    ['orders', 'nodes', 0, 'items', 1, 'product', 'price'],
    ['orders', 'nodes', 2, 'items', 0, 'product', 'price'],
  ]);
  expect(errors[0]).toMatchObject({ message: 'gone', extensions: { code: 'GONE', serviceName: 'product' } });
});

it('reports a response that has another number of entities', async () => {
  const { run } = executorOf({ order: () => ordersOf(['a']), product: () => ({ data: { _entities: [] } }) });
  const { data, errors = [] } = await run(query);
  expect(errors.map(({ message }) => message)).toEqual(['Expected "data._entities" to contain 1 elements']);
  expect(data).toEqual({ orders: { nodes: [{ items: [{ product: null }] }] } });
});

it('reports an entity that is not an object', async () => {
  const { run } = executorOf({
    order: () => ordersOf(['a', 'b']),
    product: () => ({ data: { _entities: [null, 'text'] } }),
  });
  const { errors = [] } = await run(query);
  expect(errors.map(({ message }) => message)).toEqual(['Expected "data._entities[1]" to be an object']);
});

it('reports values that do not fit the schema as ApolloGateway does', async () => {
  const { run } = executorOf({ product: () => ({ data: { products: { nodes: [{ name: 5 }] } } }) });
  const { data, extensions } = await run('{ products { nodes { name } } }');
  expect(data).toEqual({ products: null });
  expect(extensions?.['valueCompletion']).toMatchObject([{ path: ['products', 'nodes', 0, 'name'] }]);
});

it('selects by the values of @skip and @include, and by the default value', async () => {
  const { run } = executorOf({
    product: () => ({ data: { products: { nodes: [{ name: 'a', sku: 'b' }] } } }),
  });
  const conditional =
    'query ($yes: Boolean = true, $no: Boolean!) { products { nodes { name @include(if: $yes) sku @skip(if: $no) } } }';
  const nodesOf = async (variables: Record<string, unknown>) =>
    (await run(conditional, variables)).data?.['products'];
  expect(await nodesOf({ no: true })).toEqual({ nodes: [{ name: 'a' }] });
  expect(await nodesOf({ no: false })).toEqual({ nodes: [{ name: 'a', sku: 'b' }] });
  expect(await nodesOf({ yes: false, no: false })).toEqual({ nodes: [{ sku: 'b' }] });
});
