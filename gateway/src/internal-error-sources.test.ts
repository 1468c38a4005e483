import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

const repository = join(__dirname, '../..');
const folders = ['gateway/src', 'packages/kit/src', 'subgraphs/*/src'];
const isSource = /INTERNAL_SERVER_ERROR|genericErrors\.internal\b|'internal'|subgraphBroken\(/;

/** Every file that can answer INTERNAL_SERVER_ERROR (`internal` on REST), and why no input of a client makes it do so. */
const sources: Record<string, string> = {
  'packages/kit/src/errors/codes.ts': 'lists the code',
  'gateway/src/rest/problem-types.ts': 'lists the code',
  'packages/kit/src/errors/graphql-error.ts':
    'masks errors without a code for clients. In a subgraph: exceptions of resolvers. In the gateway: Apollo Server on persisted queries (persisted-id.ts is stricter), the query planner (unplannable.ts), plugins (check-variables.ts runs first)',
  'packages/kit/src/service/unexpected-errors.ts':
    'exceptions outside GraphQL in a subgraph, which only services call',
  'packages/kit/src/peer/read-response.ts': 'reads the code in answers of other services',
  'gateway/src/graphql/format-error.ts':
    'masks errors of subgraphs whose code is not in the registry, such as a refused document: the gateway has refused it before, by the same schema, scalars and variables',
  'gateway/src/subgraphs/subgraph-error.ts': 'the error of the next',
  'gateway/src/subgraphs/subgraph-data-source.ts':
    'a subgraph gives no GraphQL answer, or refuses the credential of the gateway; requests that are too long have a code of their own',
  'gateway/src/graphql/apollo-plugins.ts': 'a subgraph answers null where the schema promises a value',
  'gateway/src/graphql/graphql-route.ts':
    'exceptions outside Apollo Server: its adapter needs a readable Host, which is checked before',
  'gateway/src/subgraphs/payment-webhooks.ts': 'the payment subgraph refuses the credential of the gateway',
  'gateway/src/rest/failed-request.ts': 'exceptions in the facade; what Fastify refuses has a 4xx status',
  'gateway/src/rest/problem.ts': 'a code that the registry does not list',
  'gateway/src/rest/failures.ts': 'documents the code',
};

test('every source of INTERNAL_SERVER_ERROR is listed with the reason why no client input reaches it', () => {
  const found = folders
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: repository }))
    .filter((file) => !file.endsWith('.test.ts'))
    .filter((file) => isSource.test(readFileSync(join(repository, file), 'utf8')))
    .map((file) => file.split(sep).join('/'));
  expect(found.sort()).toEqual(Object.keys(sources).sort());
});
