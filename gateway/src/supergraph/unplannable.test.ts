import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApolloServer } from '@apollo/server';
import { createLogger } from '@shop/kit/logger';
import { counter } from '@shop/kit/metrics';
import { GraphQLError } from 'graphql';
import type { GatewayContext } from '../context';
import { ReloadingGateway } from './reloading-gateway';
import { RequestBudget } from '../request-budget';
import { loadSupergraphVersion, type SupergraphVersion } from './supergraph-version';
import { refuseUnplannable } from './unplannable';

type Request = Parameters<SupergraphVersion['execute']>[0];

const logger = createLogger({ service: 'gateway' });
logger.silent = true;
const warned = jest.spyOn(logger, 'warn');
afterEach(() => warned.mockClear());

/** What becomes of an operation whose execution throws. */
async function executed(error: Error, budget = new RequestBudget()) {
  const execute = refuseUnplannable(() => Promise.reject(error), logger);
  return execute({ operationName: 'Cart', context: { budget } } as unknown as Request);
}

it('an operation that the planner rejects is 400, and its document is not logged', async () => {
  const result = await executed(new Error('Was not able to find any options for {secret}'));
  expect(result?.errors?.map(({ extensions }) => extensions)).toEqual([
    { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } },
  ]);
  expect(warned).toHaveBeenCalledWith('query planner refused an operation', {
    ...{ operation: 'Cart', error: 'Error', at: expect.stringContaining('unplannable.test.ts') },
  });
});

it('an error that has a status is unchanged', async () => {
  const refusal = new GraphQLError('too many plans', { extensions: { http: { status: 400 } } });
  await expect(executed(refusal)).rejects.toBe(refusal);
});

it('a failure after a subgraph was called is not a client error', async () => {
  const [reading, mutated] = [new RequestBudget(), new RequestBudget()];
  reading.readDeadlineMs(1_000);
  mutated.mutationWasAnswered();
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

it('fragments beyond the limit of the real planner are refused with 400, and counted', async () => {
  const before = await refusals();
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
  expect(await refusals()).toBe(before + 1);
});

it('an exception of our own code around the executor is no refusal', async () => {
  const { execute } = await realVersion();
  // Reading it is a step of the renaming of aliases.
  const request = { document: undefined, context: { budget: new RequestBudget() } };
  await expect(execute(request as unknown as Request)).rejects.toThrow();
  expect(warned).not.toHaveBeenCalled();
});

async function refusals(): Promise<number> {
  const { values } = await counter({
    name: 'graphql_unplannable_operations_total',
    help: 'as registered',
  }).get();
  return values[0]?.value ?? 0;
}
