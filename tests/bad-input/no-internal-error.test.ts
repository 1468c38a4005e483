import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { rest } from '@shop/testkit/http';
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { type Door, openDoor, type RawAnswer } from './door';
import { generatedOperation } from './generated-operations';
import { generatedRequests } from './generated-values';

const root = join(__dirname, '../..');
const schema = buildSchema(readFileSync(join(root, 'gateway/api-schema.graphql'), 'utf8'));

const openTimeoutMs = 180_000;
const sweepTimeoutMs = 300_000;
const operations = 400;

let stack: TestStack;
let door: Door;
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
  door = openDoor(stack.gatewayUrl);
  const { body } = await rest(stack.gatewayUrl)('POST', '/v1/auth/login', { body: stack.admin });
  token = String(body['access_token']);
}, openTimeoutMs);
afterAll(async () => {
  door?.close();
  await stack?.stop();
});
beforeEach(() => errorLines.splice(0));

function isInternal({ status, text }: RawAnswer): boolean {
  return status >= 500 || text.includes('INTERNAL_SERVER_ERROR');
}

const send = (body: string) => door.send({ path: '/graphql', token, body });

test(
  'no value of any argument gives INTERNAL_SERVER_ERROR or an error in a log',
  async () => {
    const faults: string[] = [];
    let count = 0;
    const sent: Promise<void>[] = [];
    for (const { query, variables = '{}' } of generatedRequests(schema)) {
      count += 1;
      const body = `{"query":${JSON.stringify(query)},"variables":${variables}}`;
      sent.push(
        send(body).then((answer) => {
          if (isInternal(answer)) faults.push(`${body}\n${answer.status} ${answer.text}`);
        }),
      );
    }
    await Promise.all(sent);
    process.stdout.write(`generated values: ${count}\n`);
    expect(count).toBeGreaterThan(1_000);
    expect(faults).toEqual([]);
    expect(errorLines).toEqual([]);
  },
  sweepTimeoutMs,
);

test(
  'no valid operation gives INTERNAL_SERVER_ERROR or an error in a log, with whatever fragments and directives',
  async () => {
    let answered = 0;
    const property = fc.asyncProperty(fc.nat(), async (seed) => {
      const operation = generatedOperation(schema, String(seed));
      const answer = await send(JSON.stringify(operation));
      if (answer.status === 200) answered += 1;
      expect({ ...operation, answer: isInternal(answer) ? answer.text : 'as expected' }).toEqual({
        ...operation,
        answer: 'as expected',
      });
    });
    await fc.assert(property, { numRuns: operations });
    process.stdout.write(`generated operations: ${answered} of ${operations} answered 200\n`);
    // Otherwise the generator would produce refused operations only. About half are within the limits
    // on size and cost; the seed is random, so the bound is far below that.
    expect(answered).toBeGreaterThan(operations / 5);
    expect(errorLines).toEqual([]);
  },
  sweepTimeoutMs,
);

const control = '\x7f'.repeat(60_000);
const nested = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;

test.each([
  // Each of its characters is escaped as six characters in the plan.
  [
    'a literal that is longer in a plan',
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
  ['a deeply nested variable that nothing uses', `{"query":"{ me { id } }","variables":{"f":${nested}}}`, {}],
  ['a deeply nested extension', `{"query":"{ me { id } }","extensions":{"f":${nested}}}`, {}],
])('%s gives no INTERNAL_SERVER_ERROR and no error in a log', async (_what, body, headers) => {
  const answer = await door.send({ path: '/graphql', token, body, headers });
  expect(isInternal(answer) ? answer : 'as expected').toBe('as expected');
  expect(errorLines).toEqual([]);
});
