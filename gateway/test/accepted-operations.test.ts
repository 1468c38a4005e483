import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { ApolloServer } from '@apollo/server';
import type { RunningService } from '@shop/kit/service';
import { parse } from 'graphql';
import { manifestOf, manifestText } from '../src/persisted/manifest';
import { idOfBody } from '../src/persisted/operation-id';
import { silentLogger, startLocalGateway } from './local-gateway';

interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: object;
}

const product = { __typename: 'Product', id: '1', name: 'A', price: { amountCents: 100, currency: 'EUR' } };
const failure = (extensions: object, path: unknown[] = ['product']) => ({
  ...{ message: 'The row of hunter2 is missing.', path, extensions },
});
const nodes = Array.from({ length: 150 }, (_, index) => index);

/** Responses of the product subgraph by the ID of the product. */
const replies: Record<string, Reply> = {
  found: { body: { data: { product } } },
  null: { body: { data: { product: null } } },
  denied: { body: { data: { product: null }, errors: [failure({ code: 'FORBIDDEN' })] } },
  internal: {
    body: { data: { product: null }, errors: [failure({ code: 'E_DATABASE', http: { status: 418 } })] },
  },
  head: {
    body: { data: { product: null }, errors: [failure({ http: { status: 418, headers: { a: 'b' } } })] },
  },
  violation: { body: { data: { product: { ...product, name: null } } } },
  type: { body: { data: { product: { ...product, name: { first: 'A' } } } } },
  many: {
    body: {
      data: { product: { ...product, name: 'A'.repeat(2_000) } },
      errors: nodes.map((index) => failure({ code: 'NOT_FOUND' }, ['product', `field${index}`])),
    },
  },
  long: {
    body: {
      data: { product: null },
      errors: [{ ...failure({ code: 'NOT_FOUND' }), message: 'x'.repeat(2_000) }],
    },
  },
  large: { status: 413 },
  rejected: { status: 401 },
  invalid: { body: {} },
  replayed: { headers: { 'idempotent-replayed': 'true' }, body: { data: { product } } },
  // Last, because it opens the circuit breaker.
  unavailable: { status: 503 },
};

/** IDs of the products that the gateway has requested. */
const requested: unknown[] = [];
const authorizations: unknown[] = [];

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // The gateway's probes.
  if (request.method !== 'POST') return void response.end();
  const { variables } = (await json(request)) as { variables?: { id?: string } };
  const id = variables?.id ?? 'found';
  requested.push(id);
  authorizations.push(request.headers.authorization);
  const { status = 200, headers = {}, body = {} } = replies[id] ?? {};
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const query = 'query ($id: ID!) { product(id: $id) { id name price { amountCents } } }';
const paged = 'query ($first: Int) { products(first: $first) { nodes { id } } }';
const listed = `query Listed { a: __typename } query AlsoListed { b: __typename }
  query Product ($id: ID!) { product(id: $id) { id } }`;
const body = (id: string) => ({ query, variables: { id } });
const persistedQuery = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });
const registered = '{ registered: __typename }';

type Case = [what: string, body: unknown, headers?: Record<string, string>];

/** Requests that are executed without Apollo Server's pipeline when it has accepted the document. */
const accepted: Case[] = [
  ['no subgraph', { query: '{ __typename }' }],
  ['null members', { query: '{ __typename }', operationName: null, variables: null, extensions: null }],
  ['an unused variable', { query: '{ __typename }', variables: { a: 1 } }],
  ['another extension', { query: '{ __typename }', extensions: { a: 1 } }],
  ['an empty operationName', { query: '{ __typename }', operationName: '' }],
  ['an anonymous operation with fragments', { query: 'query { ...F } fragment F on Query { __typename }' }],
  ['the first of two operations', { query: listed, operationName: 'Listed' }],
  ['the second of two operations', { query: listed, operationName: 'AlsoListed' }],
  ['an alias that is renamed for the planner', { query: '{ product(id: "found") { name: id } }' }],
  ['introspection', { query: '{ __schema { queryType { name } } }' }],
  [
    'introspection beside a subgraph',
    { query: '{ __type(name: "Order") { name } product(id: "found") { id } }' },
  ],
  [
    'a mutation',
    {
      query: 'mutation ($token: String!) { logout(refreshToken: $token) }',
      variables: { token: 'a' },
    },
  ],
  [
    '@skip',
    {
      query: `query ($id: ID!, $if: Boolean = true) { product(id: $id) { id name @skip(if: $if) } }`,
      variables: { id: 'found', if: false },
    },
  ],
  ['application/graphql-response+json', body('denied'), { accept: 'application/graphql-response+json' }],
  [
    'the ID of a listed operation',
    { documentId: idOfBody(String(manifestOf(parse(listed)).operations[0]?.body)) },
  ],
  ['the ID of a registered document', { extensions: persistedQuery(idOfBody(registered)) }],
  ...Object.keys(replies).map((id): Case => [`the response "${id}" of a subgraph`, body(id)]),
];

/** Requests that Apollo Server's pipeline must decide each time. */
const left: Case[] = [
  ['an unknown operationName', { query: '{ __typename }', operationName: 'Other' }],
  ['no operationName where it is required', { query: listed }],
  ['a missing variable', { query }],
  ['a variable of another type', { query, variables: { id: { a: 1 } } }],
  [
    'null for a variable with a default',
    { query: query.replace('ID!', 'ID = "found"'), variables: { id: null } },
  ],
  [
    'a variable with too many elements',
    { query, variables: { id: nodes.concat(Array(1_000).fill(0) as number[]) } },
  ],
  ['a cost above the limit', { query: paged, variables: { first: 100 } }],
  ['an unknown field', { query: '{ nothing }' }],
  ['a syntax error', { query: '{' }],
  ['an empty document', { query: '' }],
  ['the text of a document as its ID', { extensions: persistedQuery('{ __typename }') }],
  ['a document that is registered', { query: registered, extensions: persistedQuery(idOfBody(registered)) }],
  ['a subscription', { query: 'subscription { __typename }' }],
];

const pipeline = jest.spyOn(ApolloServer.prototype, 'executeOperation');

describe.each(['off', 'log', 'safelist'])('with PERSISTED_OPERATIONS=%s', (mode) => {
  const directory = mkdtempSync(join(tmpdir(), 'accepted-'));
  const logger = silentLogger();
  const log = (['error', 'warn'] as const).map((level) => jest.spyOn(logger, level));
  let subgraph: Server;
  let gateway: RunningService;

  beforeAll(async () => {
    subgraph = createServer((request, response) => void respond(request, response)).listen(0, '127.0.0.1');
    await once(subgraph, 'listening');
    const file = join(directory, 'manifest.json');
    writeFileSync(file, manifestText(manifestOf(parse(listed))));
    gateway = await startLocalGateway(
      {
        PRODUCT_URL: `http://127.0.0.1:${(subgraph.address() as AddressInfo).port}/graphql`,
        ...{ PERSISTED_OPERATIONS: mode, PERSISTED_OPERATIONS_FILE: file },
        ...{ METRICS_PUBLIC: 'true', GRAPHQL_MAX_COST: '50' },
      },
      logger,
    );
  });
  afterAll(async () => {
    await gateway?.stop();
    subgraph?.close();
    rmSync(directory, { recursive: true });
  });

  async function send(payload: unknown, headers: Record<string, string> = {}) {
    for (const spy of [...log, pipeline]) spy.mockClear();
    requested.length = 0;
    const before = await counters();
    const response = await fetch(`${gateway.url}/graphql`, {
      ...{ method: 'POST', body: JSON.stringify(payload) },
      headers: { 'content-type': 'application/json', ...headers },
    });
    const text = await response.text();
    const changes = [...(await counters())].map(
      ([name, value]) => [name, value - (before.get(name) ?? 0)] as const,
    );
    return {
      status: response.status,
      headers: Object.fromEntries([...response.headers].filter(([name]) => !perRequest.has(name))),
      text: text.replace(/"(traceId|requestId)":"[\w-]+"/g, '"$1":""'),
      logged: log
        .flatMap(({ mock }) => mock.calls)
        .map(withoutRequest)
        .filter(isOfEachRequest),
      counted: Object.fromEntries(changes.filter(([, change]) => change !== 0)),
      requested: [...new Set(requested)],
    };
  }

  async function counters(): Promise<Map<string, number>> {
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    const found = text.matchAll(
      /^((?:graphql_operation_duration_seconds_count|graphql_operation_cost_count|graphql_operation_cost_sum|graphql_unlisted_operations_total|gateway_overhead_seconds_count|graphql_unplannable_operations_total)\S*) (\d+)$/gm,
    );
    return new Map([...found].map(([, name, value]) => [String(name), Number(value)]));
  }

  it('sends the credentials and variables of each request to the subgraph', async () => {
    const ofProduct = (id: string) => ({ query: listed, operationName: 'Product', variables: { id } });
    await send(ofProduct('found'));
    authorizations.length = 0;
    for (const user of ['one', 'two']) {
      const { requested: ids } = await send(ofProduct(user), { authorization: `Bearer ${user}` });
      expect([ids, pipeline.mock.calls.length]).toEqual([[user], 0]);
    }
    expect(authorizations).toEqual(['Bearer one', 'Bearer two']);
  });

  it.each(accepted)(
    'responds to %s as Apollo Server does, without its pipeline',
    async (_what, payload, headers = {}) => {
      if (JSON.stringify(payload).includes(idOfBody(registered)))
        await send({ query: registered, extensions: persistedQuery(idOfBody(registered)) });
      // Another type in Accept is for Apollo Server's HTTP layer.
      const expected = await send(payload, { accept: `${headers['accept'] ?? '*/*'}, image/png;q=0.1` });
      const isRejected = /PERSISTED_QUERY_NOT/.test(expected.text);
      expect(isRejected).toBe(!isListed(payload, mode));
      for (let index = 0; index < 2; index += 1) {
        expect(await send(payload, headers)).toEqual(expected);
        expect(pipeline.mock.calls.length).toBe(isRejected ? 1 : 0);
      }
    },
  );

  it.each(left)('leaves %s to Apollo Server', async (_what, payload) => {
    const expected = await send(payload, { accept: '*/*, image/png;q=0.1' });
    for (let index = 0; index < 2; index += 1) {
      expect(await send(payload)).toEqual(expected);
      expect(pipeline.mock.calls.length).toBe(1);
    }
  });
});

/** IDs of the manifest are known unless the mode is `off`; only `safelist` rejects other documents. */
function isListed(payload: unknown, mode: string): boolean {
  const { query: text, documentId } = payload as { query?: string; documentId?: string };
  return documentId === undefined ? mode !== 'safelist' || text === listed : mode !== 'off';
}

const perRequest: ReadonlySet<string> = new Set(['date', 'x-request-id', 'ratelimit', 'content-length']);

/** A log entry, without what differs between equal requests. */
function withoutRequest(entry: unknown): string {
  return JSON.stringify(entry).replace(/"requestId":"[\w-]+"/g, '');
}

/** The guard logs an operation once. */
function isOfEachRequest(entry: string): boolean {
  return !entry.includes('operation is not in the manifest');
}
