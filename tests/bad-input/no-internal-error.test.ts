import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { rest } from '@shop/testkit/http';
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { type RawClient, openRawClient, type RawResponse } from './raw-client';
import { generatedOperation } from './generated-operations';
import { generatedRequests } from './generated-values';

const root = join(__dirname, '../..');
const schema = buildSchema(readFileSync(join(root, 'gateway/api-schema.graphql'), 'utf8'));

const openTimeoutMs = 180_000;
const generatedTimeoutMs = 300_000;
const operations = 400;

let stack: TestStack;
let client: RawClient;
let token: string;
/** Logs of all five processes. */
const errorLines: string[] = [];

beforeAll(async () => {
  stack = await startTestStack({
    env: { LOGIN_FAILURES_PER_ADDRESS: '100000' },
    seedProducts: 3,
    onLog: (service, line) => {
      if (line.includes('"level":"error"')) errorLines.push(`${service} ${line}`);
    },
  });
  client = openRawClient(stack.gatewayUrl);
  const { body } = await rest(stack.gatewayUrl)('POST', '/v1/auth/login', { body: stack.admin });
  token = String(body['access_token']);
}, openTimeoutMs);
afterAll(async () => {
  client?.close();
  await stack?.stop();
});
beforeEach(() => errorLines.splice(0));

function isInternal({ status, text }: RawResponse): boolean {
  return status >= 500 || text.includes('INTERNAL_SERVER_ERROR');
}

const send = (body: string) => client.send({ path: '/graphql', token, body });

test(
  'no value of any argument causes INTERNAL_SERVER_ERROR or a logged error',
  async () => {
    const faults: string[] = [];
    let count = 0;
    const sent: Promise<void>[] = [];
    for (const { query, variables = '{}' } of generatedRequests(schema)) {
      count += 1;
      const body = `{"query":${JSON.stringify(query)},"variables":${variables}}`;
      sent.push(
        send(body).then((response) => {
          if (isInternal(response)) faults.push(`${body}\n${response.status} ${response.text}`);
        }),
      );
    }
    await Promise.all(sent);
    process.stdout.write(`generated values: ${count}\n`);
    expect(count).toBeGreaterThan(1_000);
    expect(faults).toEqual([]);
    expect(errorLines).toEqual([]);
  },
  generatedTimeoutMs,
);

test(
  'no valid operation, with any fragments and directives, causes INTERNAL_SERVER_ERROR or a logged error',
  async () => {
    let succeeded = 0;
    const property = fc.asyncProperty(fc.nat(), async (seed) => {
      const operation = generatedOperation(schema, String(seed));
      const response = await send(JSON.stringify(operation));
      if (response.status === 200) succeeded += 1;
      expect({ ...operation, response: isInternal(response) ? response.text : 'as expected' }).toEqual({
        ...operation,
        response: 'as expected',
      });
    });
    await fc.assert(property, { numRuns: operations });
    process.stdout.write(`generated operations: ${succeeded} of ${operations} returned 200\n`);
    // Fails if the generator produces rejected operations only. About half are within the limits
    // on size and cost; the seed is random, so the bound is far below that.
    expect(succeeded).toBeGreaterThan(operations / 5);
    expect(errorLines).toEqual([]);
  },
  generatedTimeoutMs,
);

const control = '\x7f'.repeat(60_000);
const nested = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;

test.each([
  // Each of its characters is escaped as six characters in the plan.
  [
    'a literal that is longer in the query plan',
    `{"query":"{ products(filter: { search: \\"${control}\\" }) { nodes { id } } }"}`,
    {},
  ],
  ['a token of 15 KB', '{"query":"{ me { id } }"}', { authorization: `Bearer ${'a'.repeat(15_000)}` }],
  [
    'a token and a User-Agent of 7 KB each',
    '{"query":"{ me { id } }"}',
    { authorization: `Bearer ${'a'.repeat(7_000)}`, 'user-agent': 'b'.repeat(7_000) },
  ],
  [
    'a deeply nested variable',
    `{"query":"query ($f: ProductFilter) { products(filter: $f) { nodes { id } } }","variables":{"f":${nested}}}`,
    {},
  ],
  ['a deeply nested variable that is not used', `{"query":"{ me { id } }","variables":{"f":${nested}}}`, {}],
  ['a deeply nested extension', `{"query":"{ me { id } }","extensions":{"f":${nested}}}`, {}],
])('%s causes no INTERNAL_SERVER_ERROR and no logged error', async (_title, body, headers) => {
  const response = await client.send({ path: '/graphql', token, body, headers });
  expect(isInternal(response) ? response : 'as expected').toBe('as expected');
  expect(errorLines).toEqual([]);
});
