import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { graphql } from '@shop/testkit/http';
import { startLocalGateway, useLocalGateway } from './local-gateway';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const typename = '{ __typename }';
const preflighted = { 'apollo-require-preflight': 'true' };

interface Sent {
  /** A string is sent without JSON encoding. */
  body?: unknown;
  /** Query string; the request is then a GET. */
  search?: string;
  headers?: Record<string, string>;
}

interface Expected {
  status: number;
  code?: string;
  message?: string;
}

type Mistake = [what: string, sent: Sent, expected: Expected];

const persistedQuery = (value: unknown, query?: string): Sent => ({
  body: { query, extensions: { persistedQuery: value } },
});
const badRequest = (message: string): Expected => ({ status: 400, code: 'BAD_REQUEST', message });
const invalid = (message: string): Expected => ({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED', message });
const badInput = (message: string): Expected => ({ status: 400, code: 'BAD_USER_INPUT', message });
const ok: Expected = { status: 200 };

const mistakes: Mistake[] = [
  ['a subscription', { body: { query: 'subscription { __typename }' } }, invalid('no subscription type')],
  [
    'a subscription beside a query',
    { body: { query: 'query A { __typename } subscription B { __typename }', operationName: 'A' } },
    invalid('no subscription type'),
  ],
  ['a subscription by GET', { search: 'query=subscription{__typename}' }, invalid('no subscription type')],

  [
    'a persisted query of another version',
    persistedQuery({ version: 2, sha256Hash: 'a' }, typename),
    badRequest('version must be 1, not 2'),
  ],
  [
    'a persisted query without a version',
    persistedQuery({ sha256Hash: hash(typename) }, typename),
    badRequest('version must be 1, not left out'),
  ],
  [
    'a persisted query with a wrong hash',
    persistedQuery({ version: 1, sha256Hash: 'a' }, typename),
    badRequest(`"a" is not the SHA-256 of the query, ${hash(typename)}`),
  ],
  [
    'a persisted query without a hash',
    persistedQuery({ version: 1 }),
    badRequest('sha256Hash must be a string, not left out'),
  ],
  [
    'a persisted query with an object as its hash',
    persistedQuery({ version: 1, sha256Hash: {} }),
    badRequest('sha256Hash must be a string, not {}'),
  ],
  [
    'a persisted query that is a string',
    persistedQuery('x', typename),
    badRequest('persistedQuery must be an object, not "x"'),
  ],
  [
    'a persisted query that is a list',
    persistedQuery([]),
    badRequest('persistedQuery must be an object, not []'),
  ],
  [
    'a persisted query of another version by GET',
    { search: `extensions=${encodeURIComponent('{"persistedQuery":{"version":2,"sha256Hash":"a"}}')}` },
    badRequest('version must be 1, not 2'),
  ],
  [
    'an unknown persisted query',
    persistedQuery({ version: 1, sha256Hash: 'a' }),
    { status: 200, code: 'PERSISTED_QUERY_NOT_FOUND' },
  ],
  [
    'a documentId that is a number',
    { body: { documentId: 5 } },
    badRequest('documentId must be a string, not 5'),
  ],
  [
    'a documentId of an unknown kind',
    { body: { documentId: 'md5:1' } },
    badRequest('documentId must be sha256:'),
  ],
  [
    'a documentId given twice',
    { search: 'documentId=a&documentId=b' },
    badRequest('documentId must be a string'),
  ],
  [
    'two ids that differ',
    { body: { documentId: 'a', extensions: { persistedQuery: { version: 1, sha256Hash: 'b' } } } },
    badRequest('different operations'),
  ],

  ['an empty operationName', { body: { query: typename, operationName: '' } }, ok],
  [
    'an empty operationName for an operation with a name',
    { body: { query: 'query A { __typename }', operationName: '' } },
    ok,
  ],
  ['an empty operationName by GET', { search: 'query={__typename}&operationName=' }, ok],
  [
    'an empty operationName for several operations',
    { body: { query: 'query A { __typename } query B { __typename }', operationName: '' } },
    { status: 400, code: 'OPERATION_RESOLUTION_FAILURE', message: 'several operations' },
  ],
  [
    'an operationName that is a number',
    { body: { query: typename, operationName: 1 } },
    badRequest('operationName'),
  ],

  [
    'an Int that is infinite',
    { body: '{"query":"query ($n: Int) { products(first: $n) { nodes { id } } }","variables":{"n":1e999}}' },
    badInput('Variable "$n" got invalid value Infinity'),
  ],
  [
    'an infinite literal',
    { body: { query: '{ products(first: 1e999) { nodes { id } } }' } },
    invalid('1e999'),
  ],
  [
    'an infinite price',
    {
      body: '{"query":"query ($n: SafeInt) { products(filter: { minPriceCents: $n }) { nodes { id } } }","variables":{"n":1e999}}',
    },
    badInput('SafeInt must be'),
  ],
  [
    'null for a variable that @include needs',
    {
      body: {
        query: 'query ($a: Boolean = true) { ... @include(if: $a) { me { id } } }',
        variables: { a: null },
      },
    },
    badInput('Variable "$a" must not be null: it is used where the type is "Boolean!"'),
  ],
  [
    'null for a variable that an argument needs',
    { body: { query: 'query ($id: ID = "1") { product(id: $id) { id } }', variables: { id: null } } },
    badInput('Variable "$id" must not be null'),
  ],
  [
    'null for a variable inside an input, in a fragment',
    {
      body: {
        query:
          'mutation ($q: Int = 1) { ...F } fragment F on Mutation { createOrder(input: { items: [{ productId: "1", quantity: $q }] }) { __typename } }',
        variables: { q: null },
      },
    },
    badInput('Variable "$q" must not be null'),
  ],
  [
    'no value for a variable',
    { body: { query: 'query ($id: ID!) { product(id: $id) { id } }' } },
    badInput('was not provided'),
  ],
  [
    'an unknown enum value as a variable',
    {
      body: {
        query: 'query ($s: ProductSort) { products(sort: $s) { nodes { id } } }',
        variables: { s: 'RANDOM' },
      },
    },
    badInput('"RANDOM" does not exist'),
  ],

  ['variables that are a list', { body: { query: typename, variables: [] } }, badRequest('variables')],
  ['variables that are a text', { body: { query: typename, variables: '{}' } }, badRequest('variables')],
  [
    'variables by GET that are no object',
    { search: 'query={__typename}&variables=5' },
    badRequest('variables'),
  ],
  ['extensions that are a list', { body: { query: typename, extensions: [] } }, badRequest('extensions')],
  ['a query that is an object', { body: { query: { kind: 'Document' } } }, badRequest('strings')],
  ['a query given twice', { search: 'query={__typename}&query={__typename}' }, badRequest('once')],
  ['a list of requests', { body: [{ query: typename }] }, badRequest('batching')],
  ['null as the body', { body: 'null' }, badRequest('body')],
  [
    'two operations of one name',
    { body: { query: 'query A { __typename } query A { __typename }', operationName: 'A' } },
    invalid('only one operation'),
  ],
  [
    'a fragment on an unknown type',
    { body: { query: '{ ...F } fragment F on Nothing { id }' } },
    invalid('Unknown type "Nothing"'),
  ],
  [
    'a fragment on a scalar',
    { body: { query: '{ ...F } fragment F on String { id }' } },
    invalid('non composite'),
  ],
  [
    'a fragment that spreads itself',
    { body: { query: '{ ...F } fragment F on Query { ...F }' } },
    invalid('Cannot spread'),
  ],
  ['a type definition', { body: { query: '{ __typename } type A { a: Int }' } }, invalid('not executable')],
  ['@defer', { body: { query: '{ ... @defer { me { id } } }' } }, invalid('Unknown directive "@defer"')],
  [
    '@stream',
    { body: { query: '{ products { nodes @stream { id } } }' } },
    invalid('Unknown directive "@stream"'),
  ],
  ['a mutation by GET', { search: 'query=mutation{__typename}' }, { status: 405, code: 'BAD_REQUEST' }],
  [
    'an Accept that nothing fits',
    { body: { query: typename }, headers: { accept: 'text/plain' } },
    { status: 406, code: 'BAD_REQUEST' },
  ],
  [
    'a Host header that is none',
    { body: { query: typename }, headers: { host: '[' } },
    badInput('The Host header is not a host name'),
  ],
  [
    'a Host header with a space',
    { search: 'query={__typename}', headers: { host: 'a b' } },
    badInput('The Host header is not a host name'),
  ],
];

describe('a client error', () => {
  const local = useLocalGateway();

  /** fetch does not allow every Host value. */
  function send({ body, search, headers }: Sent): Promise<{ status: number; text: string }> {
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(
        `${local.url}/graphql${search ? `?${search}` : ''}`,
        {
          method: search === undefined ? 'POST' : 'GET',
          headers: {
            ...(search === undefined ? { 'content-type': 'application/json' } : preflighted),
            ...headers,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        },
      );
      sent.on('error', reject);
      sent.end(search === undefined ? payload : undefined);
    });
  }

  it.each(mistakes)('%s: has a 4xx status and no error in the log', async (_what, sent, expected) => {
    const { status, text } = await send(sent);
    const { errors } = JSON.parse(text) as {
      errors?: { message: string; extensions: { code: string } }[];
    };
    expect({ status, code: errors?.[0]?.extensions.code }).toEqual({
      ...{ status: expected.status, code: expected.code },
    });
    expect(errors?.[0]?.message ?? '').toContain(expected.message ?? '');
    expect(local.logged).not.toHaveBeenCalled();
  });

  it('is reported for each invalid variable value, up to 20', async () => {
    const query = 'mutation ($i: CreateOrderInput!) { createOrder(input: $i) { __typename } }';
    const errorsFor = async (items: unknown[]) => {
      const { text } = await send({ body: { query, variables: { i: { items } } } });
      return (JSON.parse(text) as { errors: { extensions: object }[] }).errors;
    };
    expect(await errorsFor([0, 0, 0])).toHaveLength(3);
    const many = await errorsFor(Array.from({ length: 1_000 }, () => 0));
    expect(many).toHaveLength(20);
    for (const { extensions } of many)
      expect(extensions).toEqual({ code: 'BAD_USER_INPUT', traceId: expect.any(String) as string });
    expect(await errorsFor(Array.from({ length: 1_001 }, () => 0))).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(
          /^Variable "\$i" has a value of 1001 elements.* 1000 is the limit/,
        ) as string,
        extensions: { code: 'BAD_USER_INPUT', traceId: expect.any(String) as string },
      }),
    ]);
  });

  it('has no suggestion for an unknown enum value or input field in production', async () => {
    const production = await startLocalGateway({ NODE_ENV: 'production' }, local.logger);
    const ask = async (url: string, type: string, value: unknown) => {
      const argument = type === 'ProductSort' ? 'sort' : 'filter';
      const query = `query ($v: ${type}) { products(${argument}: $v) { nodes { id } } }`;
      const { body } = await graphql(url)(query, { variables: { v: value } });
      return body.errors?.[0]?.message;
    };
    try {
      expect(await ask(local.url, 'ProductSort', 'NEWES')).toContain('Did you mean');
      expect(await ask(production.url, 'ProductSort', 'NEWES')).not.toContain('Did you mean');
      expect(await ask(local.url, 'ProductFilter', { searc: 'x' })).toContain('Did you mean');
      expect(await ask(production.url, 'ProductFilter', { searc: 'x' })).not.toContain('Did you mean');
    } finally {
      await production.stop();
    }
  });
});
