import { createLogger } from '@shop/kit/logger';
import { Kind, type OperationDefinitionNode, parse } from 'graphql';
import { planAhead } from './plan-ahead';

const logger = createLogger({ service: 'gateway' });
const logged = {
  info: jest.spyOn(logger, 'info').mockReturnValue(logger),
  warn: jest.spyOn(logger, 'warn').mockReturnValue(logger),
};
afterEach(() => jest.clearAllMocks());

function operationOf(text: string, queryHash = text) {
  const document = parse(text);
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return { document, queryHash, operation: operation as OperationDefinitionNode };
}

const version = (plan: (name: string) => void) => ({
  id: 'v1',
  plan: async ({ operation }: { operation: OperationDefinitionNode }) => plan(operation.name?.value ?? ''),
});

it('plans each operation once, in order', async () => {
  const planned: string[] = [];
  const operations = ['query B { a }', 'query A { a }', 'query B { a }'].map((text) => operationOf(text));
  await planAhead(
    version((name) => planned.push(name)),
    operations,
    logger,
  );
  expect(planned).toEqual(['B', 'A']);
  expect(logged.info).toHaveBeenCalledWith('query plans prepared', { version: 'v1', planned: 2 });
  expect(logged.warn).not.toHaveBeenCalled();
});

it('reports operations that cannot be planned, and plans the others', async () => {
  const planned: string[] = [];
  const plan = version((name) => {
    if (name.startsWith('Bad')) throw new Error('Cannot query field "secret"');
    planned.push(name);
  });
  const long = `Bad${'x'.repeat(1_000)}`;
  await planAhead(plan, [operationOf(`query ${long} { a }`), operationOf('query Good { a }')], logger);
  expect(planned).toEqual(['Good']);
  expect(logged.warn).toHaveBeenCalledWith('operations cannot be planned by the supergraph', {
    ...{ version: 'v1', count: 1, operations: [long.slice(0, 100)] },
  });
});

it('plans at most 300 operations', async () => {
  let planned = 0;
  const operations = Array.from({ length: 400 }, (_, index) => operationOf('{ a }', String(index)));
  await planAhead(
    version(() => (planned += 1)),
    operations,
    logger,
  );
  expect(planned).toBe(300);
});

it('ends after the time limit', async () => {
  let now = 0;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
  let planned = 0;
  const plan = version(() => {
    planned += 1;
    now += 2_000;
  });
  const operations = Array.from({ length: 10 }, (_, index) => operationOf('{ a }', String(index)));
  await planAhead(plan, operations, logger);
  clock.mockRestore();
  expect(planned).toBe(2);
});
