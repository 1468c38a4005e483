import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, isScalarType } from 'graphql';
import { customScalars } from '@shop/kit/scalars';
import { subgraphNames } from '@shop/local-stack/stack';
import { edgeCases, knownDifferences } from './edge-cases';
import { damagingFault, faultyOperations, hangingOperations, mishandledFaults } from './faults';
import { generateQueries } from './generated-operations';
import { generatedMutations, paymentOf } from './mutations';
import type { Operation } from './operation';
import { repositoryOperations } from './repository-operations';
import { TwoGateways } from './two-gateways';

const schema = buildSchema(readFileSync(join(__dirname, '../../../gateway/api-schema.graphql'), 'utf8'));
for (const { name, parseValue, parseLiteral } of Object.values(customScalars)) {
  const scalar = schema.getType(name);
  if (isScalarType(scalar)) Object.assign(scalar, { parseValue, parseLiteral });
}
const { ORACLE_SEED: seed = '1', ORACLE_OPERATIONS: operations = '100' } = process.env;
const count = Number(operations);

const startTimeoutMs = 180_000;
/** Of one generated operation on a busy machine, with both gateways. */
const operationTimeoutMs = 2_000;
const timeoutMs = 120_000 + count * operationTimeoutMs;

let gateways: TwoGateways;

beforeAll(async () => {
  gateways = await TwoGateways.start();
}, startTimeoutMs);
afterAll(() => gateways?.stop());

/** Reports of the first differences. */
async function differencesOf(all: Iterable<Operation>): Promise<string> {
  const reports: string[] = [];
  for (const operation of all) {
    const report = await gateways.differenceOf(operation);
    if (report) reports.push(report);
  }
  return [...(reports.length > 3 ? [`${reports.length} differences`] : []), ...reports.slice(0, 3)].join(
    '\n\n',
  );
}

describe('the response is that of the stock gateway', () => {
  it.each(edgeCases)('$query $variables $viewer', async (operation) => {
    expect(await gateways.differenceOf(operation)).toBe('');
  });

  it(
    "for the repository's operations",
    async () => {
      const all = repositoryOperations(schema, gateways.fixture);
      expect(all.length).toBeGreaterThan(80);
      expect(await differencesOf(all)).toBe('');
    },
    timeoutMs,
  );

  it(
    `for ${count} generated queries, with two sets of variables each`,
    async () => {
      function* queries() {
        for (let index = 0; index < count; index += 1)
          yield* generateQueries(schema, gateways.fixture, `${seed}/${index}`);
      }
      expect(await differencesOf(queries())).toBe('');
    },
    timeoutMs,
  );

  it('for mutations with every kind of result', async () => {
    expect(await differencesOf(generatedMutations(schema, gateways.fixture, seed))).toBe('');
  });

  it.each(['sim_success', 'sim_declined', 'sim_requires_action', 'sim_not_possible'])(
    'for a payment with %s, whose result is read from other subgraphs',
    async (method) => {
      expect(await gateways.differenceOf(paymentOf(method)(await gateways.placeOrder()))).toBe('');
    },
  );
});

describe('the response is that of the stock gateway if a subgraph returns', () => {
  it.each(faultyOperations())('$title', async (operation) => {
    expect(await gateways.differenceOf(operation)).toBe('');
  });

  it('nothing', async () => {
    expect(await differencesOf(hangingOperations)).toBe('');
  });

  it(
    `damaged data for ${count} generated queries`,
    async () => {
      function* queries() {
        for (let index = 0; index < count; index += 1) {
          const [operation] = generateQueries(schema, gateways.fixture, `${seed}/damaged/${index}`);
          const subgraph = subgraphNames[index % subgraphNames.length] as (typeof subgraphNames)[number];
          yield { ...operation, fault: damagingFault(subgraph, `${seed}/${index}`) };
        }
      }
      expect(await differencesOf(queries())).toBe('');
    },
    timeoutMs,
  );
});

describe('the response differs because the stock gateway', () => {
  it.each([...knownDifferences, ...mishandledFaults()])('$reason', async (operation) => {
    expect(await gateways.differenceOf(operation)).not.toBe('');
  });
});

it('returns the stock response of each viewer to concurrent identical requests', async () => {
  expect(await gateways.differencesOfConcurrent(concurrentQueries)).toEqual([]);
});

const concurrentQueries = [
  '{ me { id email orders { nodes { id items { product { sku stock } } } } } }',
  '{ orders { nodes { id user { email } payments { id status } amountDue { amountCents } } } }',
  '{ products(first: 3) { nodes { id sku name } } me { role } }',
];
