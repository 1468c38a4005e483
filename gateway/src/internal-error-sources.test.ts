import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

const repository = join(__dirname, '../..');
const folders = ['gateway/src', 'packages/kit/src', 'subgraphs/*/src'];
// Spans have a kind `internal`.
const isSource =
  /INTERNAL_SERVER_ERROR|genericErrors\.internal\b|(?<!kind: |SpanKind = )'internal'|invalidSubgraphResponse\(/;

/** Every file that can return INTERNAL_SERVER_ERROR, and why no client input causes it. */
const sources: Record<string, string> = {
  'packages/kit/src/errors/codes.ts': 'lists the code',
  'gateway/src/rest/shapes/problem-types.ts': 'lists the code',
  'packages/kit/src/errors/graphql-error.ts':
    'masks errors without a code. In a subgraph: exceptions of resolvers. In the gateway: Apollo Server on persisted queries (persisted-id.ts is stricter), the query planner (unplannable.ts), plugins (check-variables.ts runs first)',
  'packages/kit/src/http/unexpected-errors.ts':
    'exceptions outside GraphQL in a subgraph, which only services call',
  'packages/kit/src/subgraph/graphql-route.ts':
    'gives exceptions of resolvers the code that Apollo Server gives them, before the subgraph masks them',
  'packages/kit/src/peer/read-response.ts': 'reads the code in responses of other services',
  'gateway/src/graphql/format-error.ts':
    'masks subgraph errors whose code is not in the registry, such as a rejected document: the gateway has already validated it by the same schema, scalars and variables; a subgraph returns null in a non-nullable field',
  'gateway/src/graphql/format-errors.ts':
    'gives errors without a code the code that Apollo Server gives them, before format-error.ts masks them: those of the execution of an accepted document with accepted variables',
  'gateway/src/subgraphs/subgraph-response.ts':
    'a subgraph response that is not GraphQL, or rejects the gateway credential; a request that is too long has its own code',
  'gateway/src/subgraphs/subgraph-data-source.ts': 'returns that error',
  'gateway/src/graphql/graphql-route.ts':
    'exceptions outside Apollo Server: its adapter needs a valid Host, which is replaced',
  'gateway/src/subgraphs/payment-webhooks.ts': 'the payment subgraph rejects the gateway credential',
  'gateway/src/graphql/measure-operations.ts': 'reads the code',
  'gateway/src/rest/http/failed-request.ts':
    'exceptions in the facade; what Fastify rejects has a 4xx status',
  'gateway/src/rest/http/problem.ts': 'a code that is not in the registry',
  'gateway/src/rest/openapi/responses.ts': 'documents the code',
};

test('every source of INTERNAL_SERVER_ERROR is listed with the reason why no client input causes it', () => {
  const found = folders
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: repository }))
    .filter((file) => !file.endsWith('.test.ts'))
    .filter((file) => isSource.test(readFileSync(join(repository, file), 'utf8')))
    .map((file) => file.split(sep).join('/'));
  expect(found.sort()).toEqual(Object.keys(sources).sort());
});
