import { auditServer } from 'graphql-http';
import type { RunningService } from '@shop/kit/service';
import { graphql, rest } from '@shop/testkit/http';
import { exchangeRaw } from '@shop/testkit/raw-socket';
import { contentTypes } from '../src/graphql/json-requests';
import { startLocalGateway } from './local-gateway';

describe('/graphql', () => {
  let gateway: RunningService;
  let address: string;
  beforeAll(async () => {
    gateway = await startLocalGateway();
    address = `${gateway.url}/graphql`;
  });
  afterAll(() => gateway?.stop());

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    rest(gateway.url)<{ errors?: { message: string; extensions: { code: string } }[] }>('POST', '/graphql', {
      body,
      headers,
    });

  it('passes the GraphQL over HTTP audit without an error', async () => {
    const results = await auditServer({ url: address });
    expect(results.length).toBeGreaterThan(50);
    expect(results.filter(({ status }) => status === 'error')).toEqual([]);
  });

  // With another type in Accept, Apollo Server's HTTP layer responds.
  describe.each([...contentTypes.keys()])('with the Accept header %p', (accept = '*/*') => {
    it.each<[string, unknown]>([
      ['a query', { query: '{ __typename }' }],
      ['a query of two', { query: 'query A { __typename } query B { a: __typename }', operationName: 'B' }],
      ['a partial failure', { query: '{ __typename products { nodes { id } } }' }],
      ['null members', { query: '{ __typename }', operationName: null, variables: null, extensions: null }],
      ['an unknown field', { query: '{ nothing }' }],
      ['a missing variable', { query: 'query ($id: ID!) { product(id: $id) { id } }' }],
      ['variables in a list', { query: '{ __typename }', variables: [] }],
      ['a number as query', { query: 1 }],
      ['no query', { variables: {} }],
      ['an empty query', { query: '' }],
      ['an unknown persisted query', { extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } } }],
      ['a wrong hash', { query: '{ a }', extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } } }],
      ['an empty object', {}],
    ])('responds to %s as Apollo Server does', async (_what, body) => {
      const send = async (accepted: string) => {
        const headers = { accept: accepted, 'content-type': 'application/json' };
        const response = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
        const text = (await response.text()).replace(/"traceId":"\w+"/g, '"traceId":""');
        const names = ['content-type', 'cache-control'].map((name) => response.headers.get(name));
        return { status: response.status, names, text };
      };
      expect(await send(accept)).toEqual(await send(`${accept}, image/png;q=0.1`));
    });
  });

  it('serves Apollo Sandbox to a browser', async () => {
    const response = await fetch(address, { headers: { accept: 'text/html,application/xhtml+xml' } });
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toContain('EmbeddedSandbox');
  });

  it.each<[string, unknown, string]>([
    ['a batch', [{ query: '{ __typename }' }], 'BAD_REQUEST'],
    ['broken JSON', '{"query":', 'BAD_REQUEST'],
    [
      'an unknown operation name',
      { query: 'query A { __typename }', operationName: 'B' },
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'two operations without a name',
      { query: 'query A { __typename } query B { __typename }' },
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['a syntax error', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'an internal operation',
      { query: 'mutation { commitStock(orderId: "1") }' },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a variable of the wrong type',
      { query: 'query ($n: Int) { products(first: $n) { nodes { id } } }', variables: { n: 1.5 } },
      'BAD_USER_INPUT',
    ],
    ['more tokens than the limit', { query: `{ ${'me{id}'.repeat(300)} }` }, 'GRAPHQL_PARSE_FAILED'],
    ['more root fields than the limit', { query: `{ ${'me{id}'.repeat(6)} }` }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'two login attempts',
      {
        query: 'mutation { a: logout(refreshToken: "1") login(input: {}) refreshSession(refreshToken: "") }',
      },
      'GRAPHQL_VALIDATION_FAILED',
    ],
  ])('rejects %s with 400', async (_what, body, code) => {
    const response = await post(body);
    expect([response.status, response.body.errors?.[0]?.extensions.code]).toEqual([400, code]);
  });

  it('rejects a content type that browsers send without a CORS preflight', async () => {
    const { status } = await post('{"query":"{ __typename }"}', { 'content-type': 'text/plain' });
    expect(status).toBe(400);
  });

  it('rejects a body that is too large', async () => {
    const { status, body } = await post({ query: `{ __typename } #${'x'.repeat(300_000)}` });
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it('reports an unavailable subgraph without its address', async () => {
    const { status, body } = await graphql(gateway.url)('{ products { nodes { id } } }');
    expect([status, body.errors]).toEqual([
      200,
      [
        {
          message: 'The product service is unavailable.',
          path: ['products'],
          extensions: {
            code: 'UPSTREAM_UNAVAILABLE',
            retryAfterSeconds: 1,
            traceId: expect.any(String) as string,
          },
        },
      ],
    ]);
  });

  it('accepts an invalid X-Forwarded-Host or X-Forwarded-Proto, and HTTP/1.0 without Host', async () => {
    const behindProxy = await startLocalGateway({ TRUST_PROXY: 'loopback' });
    try {
      for (const [name, value] of [
        ['x-forwarded-host', '['],
        ['x-forwarded-proto', 'a b'],
      ] as const) {
        const { status, body } = await rest(behindProxy.url)('POST', '/graphql', {
          ...{ body: { query: '{ __typename }' }, headers: { [name]: value } },
        });
        expect([name, status, body]).toEqual([name, 200, { data: { __typename: 'Query' } }]);
      }
    } finally {
      await behindProxy.stop();
    }
    const line = 'GET /graphql?query={__typename} HTTP/1.0\r\nApollo-Require-Preflight: true\r\n\r\n';
    expect((await exchangeRaw(gateway.url, line)).status).toBe(200);
  });

  it('supports automatic persisted queries', async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } };
    const { body } = await post({ extensions });
    expect(body.errors?.[0]?.extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  it('enables introspection and Sandbox, except in production', async () => {
    const query = '{ __schema { queryType { name } } }';
    const page = (url: string) =>
      rest(url)<string>('GET', '/graphql', { headers: { accept: 'text/html' } }).then(({ body }) => body);
    expect((await graphql(gateway.url)(query)).status).toBe(200);
    expect(await page(gateway.url)).toContain('<!DOCTYPE html>');
    const production = await startLocalGateway({ NODE_ENV: 'production' });
    try {
      expect((await graphql(production.url)(query)).status).toBe(400);
      expect(JSON.stringify(await page(production.url))).not.toMatch(/html|apollographql/i);
    } finally {
      await production.stop();
    }
  });
});
