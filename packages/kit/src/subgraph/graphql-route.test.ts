import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyInstance } from 'fastify';
import { parse } from 'graphql';
import { AppError } from '../errors';
import { createLogger } from '../logger';
import { maskAndLog } from './apollo-plugins';
import type { SubgraphContext } from './authentication';
import { createGraphqlRoute } from './graphql-route';

const logger = createLogger({ service: 'test' });
logger.silent = true;

let executions = 0;

const schema = buildSubgraphSchema({
  typeDefs: parse(`
    type Query { thing(id: ID!, size: Int = 1): Thing, list: [Thing!] }
    type Mutation { change(input: ChangeInput!): Thing! }
    input ChangeInput { name: String!, count: Int }
    type Thing { id: ID! name: String broken: String refused: String required: String! }
  `),
  resolvers: {
    Query: {
      thing: (_parent, { id, size }: { id: string; size: number }) => ({ id, name: `size ${size}` }),
      list: () => [{ id: 1, name: null }, { id: '2' }],
    },
    Mutation: {
      change: (_parent, { input }: { input: { name: string } }, context: unknown) => {
        executions += 1;
        (context as SubgraphContext).answer.replayed = true;
        return { id: input.name };
      },
    },
    Thing: {
      broken: () => {
        throw new Error('relation "things" does not exist');
      },
      refused: () => {
        throw new AppError('forbidden', 'Not yours.');
      },
    },
  },
});

const context = (): SubgraphContext => ({
  caller: 'gateway',
  viewer: { kind: 'anonymous', reason: 'no_token' },
  answer: { replayed: false },
  client: { address: undefined, userAgent: undefined },
});

const formatError = maskAndLog(logger);
let app: FastifyInstance;

beforeAll(async () => {
  const apollo = new ApolloServer<SubgraphContext>({
    schema,
    introspection: false,
    includeStacktraceInErrorResponses: false,
    formatError,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
    ],
    stopOnTerminationSignals: false,
  });
  await apollo.start();
  app = Fastify();
  const route = createGraphqlRoute({
    ...{ app, apollo, schema, hasIntrospection: false, formatError },
    context: (base) => base,
  });
  app.post('/graphql', (request, reply) => route(request, reply, context()));
  const handler = fastifyApolloHandler(apollo, { context: async () => context() });
  app.post('/apollo', (request, reply) => handler.call(app, request, reply));
});

afterAll(() => app.close());

async function post(url: string, payload: unknown, headers: Record<string, string> = {}) {
  const response = await app.inject({
    ...{ method: 'POST', url, headers: { 'content-type': 'application/json', ...headers } },
    payload: JSON.stringify(payload),
  });
  return {
    status: response.statusCode,
    type: response.headers['content-type'],
    body: response.json<object>(),
  };
}

const thing = 'query ($id: ID!, $size: Int) { thing(id: $id, size: $size) { id name } }';
const two = 'query A { list { id } } query B { list { name } }';

describe('A response of /graphql equals that of Apollo Server', () => {
  test.each<[string, unknown, Record<string, string>?]>([
    ['a success', { query: thing, variables: { id: 1, size: 3 } }],
    [
      'aliases and a missing variable with a default',
      { query: thing.replace('{ id name', '{ a: id b: id'), variables: { id: 'x' } },
    ],
    ['null variables', { query: '{ list { __typename id name } }', variables: null, operationName: null }],
    ['an unexpected error of a field', { query: '{ list { id broken } }' }],
    ['an expected error of a field', { query: '{ list { id refused } }' }],
    ['null for a required field', { query: '{ list { id required } }' }],
    ['null for the whole data', { query: 'mutation { change(input: { name: "a" }) { required } }' }],
    ['a named operation', { query: two, operationName: 'B' }],
    ['an unknown operation name', { query: two, operationName: 'C' }],
    ['no operation name where it is required', { query: two }],
    ['a document without an operation', { query: 'fragment F on Thing { id }' }],
    ['a syntax error', { query: '{ list { id ' }],
    ['an unknown field', { query: '{ list { unknown } }' }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    ['a missing variable', { query: thing, variables: {} }],
    ['an invalid variable', { query: thing, variables: { id: 'x', size: 'three' } }],
    ['variables that are a list', { query: thing, variables: ['x'] }],
    ['variables that are a string', { query: thing, variables: '{}' }],
    ['an operation name that is a number', { query: two, operationName: 1 }],
    ['an empty query', { query: '' }],
    ['no query', { variables: {} }],
    ['a query that is a number', { query: 1 }],
    ['a list of requests', [{ query: '{ list { id } }' }]],
    ['an unknown persisted query', { extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } } }],
    [
      'another hash of a persisted query',
      { query: '{ list { id } }', extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } } },
    ],
    ['another media type', { query: '{ list { id } }' }, { accept: 'application/graphql-response+json' }],
    ['a media type that is not supported', { query: '{ list { id } }' }, { accept: 'text/html' }],
  ])('for %s', async (_name, payload, headers = {}) => {
    const expected = await post('/apollo', payload, headers);
    expect(await post('/graphql', payload, headers)).toEqual(expected);
    // Again, because the document is cached.
    expect(await post('/graphql', payload, headers)).toEqual(expected);
  });
});

describe('/graphql', () => {
  it('executes a mutation once, also if a field fails, and marks a stored response', async () => {
    executions = 0;
    const query = 'mutation ($name: String!) { change(input: { name: $name }) { id broken } }';
    const response = await app.inject({
      ...{ method: 'POST', url: '/graphql', payload: { query, variables: { name: 'a' } } },
    });
    expect(response.json()).toMatchObject({ data: { change: { id: 'a', broken: null } }, errors: [{}] });
    expect(executions).toBe(1);
    expect(response.headers['idempotent-replayed']).toBe('true');
  });
});
