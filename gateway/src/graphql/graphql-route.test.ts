import { ApolloServer } from '@apollo/server';
import { createLogger } from '@shop/kit/logger';
import fastify, { type FastifyInstance } from 'fastify';
import type { GatewayContext } from '../context';
import { graphqlRoute } from './graphql-route';

const logger = createLogger({ service: 'gateway' });
logger.silent = true;

let apollo: ApolloServer<GatewayContext>;
let app: FastifyInstance;

beforeEach(async () => {
  apollo = new ApolloServer<GatewayContext>({
    typeDefs: 'type Query { name: String }',
    resolvers: {
      Query: {
        name(_source: unknown, _args: unknown, { answer }: GatewayContext) {
          answer.maxAgeSeconds = 10;
          return 'a';
        },
      },
    },
    stopOnTerminationSignals: false,
  });
  await apollo.start();
  app = fastify();
  const run = () => Promise.reject(new Error('Only for POST.'));
  await app.register(graphqlRoute({ apollo, run, recentOperations: async () => [] }, logger));
});

afterEach(async () => {
  await app.close();
  await apollo.stop();
});

async function send(method: 'GET' | 'HEAD', headers: Record<string, string> = {}) {
  const { statusCode, headers: received } = await app.inject({
    ...{ method, url: '/graphql', query: { query: '{ name }' } },
    headers: { 'apollo-require-preflight': 'true', ...headers },
  });
  return { status: statusCode, headers: received };
}

it('names each request header on which a response for caches depends', async () => {
  const { headers } = await send('GET');
  expect([headers['cache-control'], String(headers.vary).split(', ').toSorted()]).toEqual([
    'public, max-age=10',
    ['accept', 'accept-encoding', 'apollographql-client-name', 'authorization'],
  ]);
});

it('responds with 304 without a length other than that of the response', async () => {
  const { headers } = await send('GET');
  const known = { 'if-none-match': String(headers.etag) };
  const [get, head] = [await send('GET', known), await send('HEAD', known)];
  expect([get.status, get.headers.etag, get.headers['content-length']]).toEqual([
    304,
    headers.etag,
    undefined,
  ]);
  expect([head.status, head.headers['content-length']]).toEqual([304, headers['content-length']]);
});
