import fc from 'fast-check';
import { isProblemCode } from '../../gateway/src/rest/shapes/problem-types';
import { type RawShop, openRawShop } from './raw-shop';
import type { RawResponse, RawRequest } from './raw-client';
import { leaksIn } from './response-leaks';
import { type InputType, inputTypes } from './input-types';
import type { TestData } from './text-input';

const numRuns = 50;
const perTypeMs = 120_000;
const openTimeoutMs = 180_000;

let rawShop: RawShop;
let data: TestData;
let inputs = 0;

beforeAll(async () => {
  rawShop = await openRawShop();
  data = await rawShop.newTestData();
}, openTimeoutMs);
afterAll(async () => {
  process.stdout.write(`arbitrary inputs: ${inputs}\n`);
  await rawShop?.close();
});

const graphqlCodes = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
]);
const shopCodes = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'IDEMPOTENCY_IN_PROGRESS']);

function violationsOf(api: 'REST' | 'GraphQL', response: RawResponse): string[] {
  return [
    ...leaksIn(response),
    ...(api === 'REST' ? violationsOfRest(response) : violationsOfGraphql(response)),
  ];
}

function violationsOfRest({ status, headers, text }: RawResponse): string[] {
  if (status < 400) return [200, 201, 202, 204].includes(status) ? [] : [`HTTP ${status}`];
  if (!headers['content-type']?.startsWith('application/problem+json')) return ['not problem+json'];
  const problem = JSON.parse(text) as { code?: unknown; status?: unknown };
  return isProblemCode(problem.code) && problem.status === status ? [] : ['not a documented problem'];
}

function violationsOfGraphql({ status, text }: RawResponse): string[] {
  const { data, errors } = JSON.parse(text) as {
    data?: Record<string, unknown> | null;
    errors?: { extensions?: { code?: string } }[];
  };
  if (!errors) return status === 200 && data ? [] : ['neither data nor errors'];
  const codes = errors.map(({ extensions }) => extensions?.code ?? 'none');
  return codes
    .filter((code) => !graphqlCodes.has(code) && !shopCodes.has(code))
    .map((code) => `an undocumented code ${code}`);
}

function graphqlRequest(
  { graphql: { by, query, variables } }: InputType,
  values: Record<string, unknown>,
): RawRequest {
  const token = { admin: data.adminToken, customer: data.customerToken, anonymous: undefined }[by];
  return { path: '/graphql', token, body: { query, variables: variables(values) } };
}

describe.each(inputTypes)('any value of $name', (type) => {
  test.each(['REST', 'GraphQL'] as const)(
    'returns a result or a documented error, through %s',
    async (api) => {
      const property = fc.asyncProperty(type.values(data), async (values) => {
        const request = api === 'REST' ? type.rest(values, data) : graphqlRequest(type, values);
        if (!request) return;
        inputs += 1;
        const response = await rawShop.client.send(request);
        expect({ violations: violationsOf(api, response), response: response.text }).toEqual({
          violations: [],
          response: response.text,
        });
      });
      await fc.assert(property, { numRuns });
    },
    perTypeMs,
  );
});
