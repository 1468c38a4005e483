import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApolloServer } from '@apollo/server';
import { createLogger } from '@shop/kit/logger';
import { counter } from '@shop/kit/metrics';
import { GraphQLError } from 'graphql';
import { ReloadingGateway } from './reloading-gateway';
import { type GatewayContext, RequestBudget } from '../context';
import { loadSupergraphVersion, type SupergraphVersion } from './supergraph-version';
import { rejectUnplannable } from './unplannable';

type Request = Parameters<SupergraphVersion['execute']>[0];

const logger = createLogger({ service: 'gateway' });
logger.silent = true;
const warned = jest.spyOn(logger, 'warn');
afterEach(() => warned.mockClear());

/** Executes an operation whose executor throws. */
async function executed(error: Error, budget = new RequestBudget()) {
  const execute = rejectUnplannable(() => Promise.reject(error), logger);
  return execute({ operationName: 'Cart', context: { budget } } as unknown as Request);
}

it('rejects an operation that cannot be planned with 400, and does not log its document', async () => {
  const result = await executed(new Error('Was not able to find any options for {secret}'));
  expect(result?.errors?.map(({ extensions }) => extensions)).toEqual([
    { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } },
  ]);
  expect(warned).toHaveBeenCalledWith('query planner rejected an operation', {
    ...{ operation: 'Cart', error: 'Error', at: expect.stringContaining('unplannable.test.ts') },
  });
});

it('does not change an error that has an HTTP status', async () => {
  const rejected = new GraphQLError('too many plans', { extensions: { http: { status: 400 } } });
  await expect(executed(rejected)).rejects.toBe(rejected);
});

it('does not report a failure after a subgraph request as a client error', async () => {
  const [reading, mutated] = [new RequestBudget(), new RequestBudget()];
  reading.queryDeadlineMs(1_000);
  mutated.endMutation();
  await expect(executed(new TypeError('x'), reading)).rejects.toThrow(TypeError);
  await expect(executed(new TypeError('x'), mutated)).rejects.toThrow(TypeError);
});

async function realVersion() {
  return loadSupergraphVersion({
    sdl: readFileSync(join(__dirname, '../../supergraph.graphql'), 'utf8'),
    logger,
    dataSourceFor: () => ({ process: () => Promise.reject(new Error('nothing is fetched')) }),
  });
}

it('rejects fragments above the limit of the query planner with 400, and counts them', async () => {
  const before = await rejections();
  const doubled = Array.from(
    { length: 24 },
    (_, index) =>
      `fragment F${index + 1} on Problem { ...F${index} ... on OrderNotFound { ...F${index} } ... on OrderStateConflict { ...F${index} } }`,
  );
  const query = `mutation { payOrder(input: { orderId: "x" }) { ...F24 } }
    fragment F0 on Problem { code message } ${doubled.join(' ')}`;
  const apollo = new ApolloServer<GatewayContext>({
    gateway: new ReloadingGateway(await realVersion()),
    logger,
  });
  await apollo.start();
  const contextValue = { budget: new RequestBudget() } as GatewayContext;
  const { body, http } = await apollo.executeOperation({ query }, { contextValue });
  await apollo.stop();
  expect([http.status, body]).toMatchObject([
    400,
    { singleResult: { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] } },
  ]);
  expect(await rejections()).toBe(before + 1);
});

it('does not reject an operation when a wrapper of the executor throws', async () => {
  const { execute } = await realVersion();
  // The renaming of aliases reads it.
  const request = { document: undefined, context: { budget: new RequestBudget() } };
  await expect(execute(request as unknown as Request)).rejects.toThrow();
  expect(warned).not.toHaveBeenCalled();
});

async function rejections(): Promise<number> {
  const { values } = await counter({
    name: 'graphql_unplannable_operations_total',
    help: 'as registered',
  }).get();
  return values[0]?.value ?? 0;
}
