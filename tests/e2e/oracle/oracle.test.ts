import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { generateQueries } from './generated-operations';
import type { Operation } from './operation';
import { TwoGateways } from './two-gateways';

const schema = buildSchema(readFileSync(join(__dirname, '../../../gateway/api-schema.graphql'), 'utf8'));
const { ORACLE_SEED: seed = '1', ORACLE_OPERATIONS: count = '120' } = process.env;

const startTimeoutMs = 180_000;

let gateways: TwoGateways;

beforeAll(async () => {
  gateways = await TwoGateways.start();
}, startTimeoutMs);
afterAll(() => gateways?.stop());

test.each<Operation>([
  { query: '{ __typename }' },
  { query: '{ me { id email orders { nodes { id items { name product { sku stock } } } } } }' },
])('answers as the stock gateway: $query', async (operation) => {
  expect(await gateways.differenceOf(operation)).toBe('');
});

test(`answers ${count} generated queries as the stock gateway, with two sets of variables each`, async () => {
  const reports: string[] = [];
  for (let index = 0; index < Number(count); index += 1) {
    for (const operation of generateQueries(schema, gateways.fixture, `${seed}/${index}`)) {
      const report = await gateways.differenceOf(operation);
      if (report) reports.push(report);
    }
  }
  expect(reports.slice(0, 3).join('\n\n')).toBe('');
});
