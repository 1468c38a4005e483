import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApolloServer } from '@apollo/server';
import { createLogger } from '@shop/kit/logger';
import { Kind, parse } from 'graphql';
import { executeIntrospection } from './introspection';
import { ReloadingGateway } from '../supergraph/reloading-gateway';
import { type GatewayContext, RequestBudget } from '../context';
import { loadSupergraphVersion } from '../supergraph/supergraph-version';

const supergraph = readFileSync(join(__dirname, '../../supergraph.graphql'), 'utf8');
const logger = createLogger({ service: 'test' });
logger.silent = true;

describe('an operation with introspection and other fields', () => {
  const sent: string[] = [];
  let products: unknown = { nodes: [{ inStock: true }] };
  let apollo: ApolloServer<GatewayContext>;
  beforeAll(async () => {
    const version = await loadSupergraphVersion({
      sdl: supergraph,
      logger,
      dataSourceFor: () => ({
        process({ request: { query = '' } }) {
          sent.push(query);
          return Promise.resolve(products ? { data: { products } } : { errors: [{ message: 'down' }] });
        },
      }),
    });
    const gateway = new ReloadingGateway(version);
    apollo = new ApolloServer<GatewayContext>({
      gateway: gateway.withExecutor(executeIntrospection(gateway.execute)),
      logger,
    });
    await apollo.start();
  });
  afterAll(() => apollo.stop());
  beforeEach(() => sent.splice(0));

  async function execute(query: string, variables: Record<string, unknown> = {}) {
    const contextValue = { budget: new RequestBudget() } as GatewayContext;
    const { body } = await apollo.executeOperation({ query, variables }, { contextValue });
    if (body.kind !== 'single') throw new Error('incremental delivery');
    return body.singleResult;
  }

  it('returns its fields in order and sends subgraphs only their own fields', async () => {
    const { data } = await execute(
      `query ($name: String!) {
         __schema { queryType { name } }
         ...Shop
         ... on Query { type: __type(name: $name) { ...Type } __typename }
       }
       fragment Shop on Query { products { nodes { inStock } } input: __type(name: "ProductFilter") { ...Type } }
       fragment Type on __Type { isOneOf }`,
      { name: 'Product' },
    );
    expect(JSON.stringify(data)).toBe(
      JSON.stringify({
        __schema: { queryType: { name: 'Query' } },
        products: { nodes: [{ inStock: true }] },
        input: { isOneOf: false },
        type: { isOneOf: null },
        __typename: 'Query',
      }),
    );
    expect(sent.map((query) => query.replaceAll(/\s+/g, ''))).toEqual(['{products{nodes{inStock}}}']);
  });

  it('obeys @skip and @include in both parts', async () => {
    const query = `query ($all: Boolean!) {
      __schema @include(if: $all) { queryType { name } }
      ... @skip(if: $all) { products { nodes { inStock } } }
    }`;
    expect((await execute(query, { all: true })).data).toEqual({
      __schema: { queryType: { name: 'Query' } },
    });
    expect((await execute(query, { all: false })).data).toEqual({ products: { nodes: [{ inStock: true }] } });
  });

  it('does not share its cached plan with other operations', async () => {
    const both = '{ products { nodes { inStock } } __schema { queryType { name } } }';
    const one = '{ products { nodes { inStock } } }';
    const results = [await execute(both), await execute(one), await execute(both)];
    expect(results.map(({ data }) => Object.keys(data ?? {}))).toEqual([
      ['products', '__schema'],
      ['products'],
      ['products', '__schema'],
    ]);
  });

  it('takes linear time when fragments spread each other twice', async () => {
    const doubling = Array.from(
      { length: 60 },
      (_, index) => `fragment F${index + 1} on Query { ...F${index} ...F${index} }`,
    ).join('\n');
    const query = `{ ...F60 products { nodes { inStock } } }
      fragment F0 on Query { __schema { queryType { name } } } ${doubling}`;
    expect(parse(query).definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)).toHaveLength(61);
    expect(Object.keys((await execute(query)).data ?? {})).toEqual(['__schema', 'products']);
  });

  it('returns the errors of the subgraphs', async () => {
    products = undefined;
    const { data, errors } = await execute(
      '{ __schema { queryType { name } } products { nodes { inStock } } }',
    );
    expect(errors).toHaveLength(1);
    // If the field is nullable, the other fields are kept.
    expect([null, { __schema: { queryType: { name: 'Query' } }, products: null }]).toContainEqual(data);
  });
});
