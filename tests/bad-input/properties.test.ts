import fc from 'fast-check';
import { isProblemCode } from '../../gateway/src/rest/shapes/problem-types';
import { type CorpusShop, openCorpusShop } from './corpus-shop';
import type { RawResponse, RawRequest } from './raw-client';
import { offencesIn } from './harmless';
import { type InputType, inputTypes } from './input-types';
import type { Given } from './place';

const numRuns = 50;
const perTypeMs = 120_000;
const openTimeoutMs = 180_000;

let corpus: CorpusShop;
let given: Given;
let inputs = 0;

beforeAll(async () => {
  corpus = await openCorpusShop();
  given = await corpus.newGiven();
}, openTimeoutMs);
afterAll(async () => {
  process.stdout.write(`arbitrary inputs: ${inputs}\n`);
  await corpus?.close();
});

const ownCodes = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
]);
const ours = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'IDEMPOTENCY_IN_PROGRESS']);

/** What is wrong with an answer as such, whatever it says. */
function faultsOf(api: 'REST' | 'GraphQL', response: RawResponse): string[] {
  return [...offencesIn(response), ...(api === 'REST' ? faultsOfRest(response) : faultsOfGraphql(response))];
}

function faultsOfRest({ status, headers, text }: RawResponse): string[] {
  if (status < 400) return [200, 201, 202, 204].includes(status) ? [] : [`HTTP ${status}`];
  if (!headers['content-type']?.startsWith('application/problem+json')) return ['no problem+json'];
  const problem = JSON.parse(text) as { code?: unknown; status?: unknown };
  return isProblemCode(problem.code) && problem.status === status ? [] : ['not a documented problem'];
}

function faultsOfGraphql({ status, text }: RawResponse): string[] {
  const { data, errors } = JSON.parse(text) as {
    data?: Record<string, unknown> | null;
    errors?: { extensions?: { code?: string } }[];
  };
  if (!errors) return status === 200 && data ? [] : ['neither data nor errors'];
  const codes = errors.map(({ extensions }) => extensions?.code ?? 'none');
  return codes
    .filter((code) => !ownCodes.has(code) && !ours.has(code))
    .map((code) => `an error with code ${code}`);
}

function graphqlRequest(
  { graphql: { by, query, variables } }: InputType,
  values: Record<string, unknown>,
): RawRequest {
  const token = { admin: given.adminToken, customer: given.customerToken, anonymous: undefined }[by];
  return { path: '/graphql', token, body: { query, variables: variables(values) } };
}

describe.each(inputTypes)('any value of $name', (type) => {
  test.each(['REST', 'GraphQL'] as const)(
    'returns a result or a documented error, through %s',
    async (api) => {
      const property = fc.asyncProperty(type.values(given), async (values) => {
        const request = api === 'REST' ? type.rest(values, given) : graphqlRequest(type, values);
        if (!request) return;
        inputs += 1;
        const response = await corpus.client.send(request);
        expect({ faults: faultsOf(api, response), response: response.text }).toEqual({
          faults: [],
          response: response.text,
        });
      });
      await fc.assert(property, { numRuns });
    },
    perTypeMs,
  );
});
