import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { randomUUID } from 'node:crypto';
import { ConfigError } from '@shop/kit/config';
import type { Logger } from '@shop/kit/logger';
import { type HttpResponse, graphql, type GraphqlBody, rest } from '@shop/testkit/http';
import { serviceEnvironmentFor } from '@shop/testkit/keys';
import { parse, stripIgnoredCharacters } from 'graphql';
import { loadSettings } from '../src/config';
import { unlistedOperationLog } from '../src/persisted/guard-operations';
import { manifestOf, manifestText, readManifest, repositoryOperations } from '../src/persisted/manifest';
import { idOfBody, operationId } from '../src/persisted/operation-id';
import { listOperations, openPersistedOperations } from '../src/persisted/persisted-operations';
import { silentLogger, startLocalGateway } from './local-gateway';

const manifestFile = join(__dirname, '..', 'persisted-operations.json');

it('the committed manifest is up to date; else run: npm run generate', () => {
  expect(readFileSync(manifestFile, 'utf8')).toBe(manifestText(manifestOf(repositoryOperations())));
});

const listed = 'query Listed { ...Root }\nfragment Root on Query { __typename }';
/** Minified, as native clients send it. */
const compact = {
  id: idOfBody('query Compact{...Root}fragment Root on Query{__typename}'),
  ...{ name: 'Compact', type: 'query', body: 'query Compact{...Root}fragment Root on Query{__typename}' },
};

function apolloManifest(operations: object[]): string {
  return JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations });
}

const [operation] = manifestOf(parse(listed)).operations;
const id = operation?.id ?? '';

interface Ask {
  text: (query: string) => Promise<HttpResponse<GraphqlBody<object>>>;
  id: (sha256Hash: string, query?: string) => Promise<HttpResponse<GraphqlBody<object>>>;
  body: (body: object, headers?: Record<string, string>) => Promise<HttpResponse<GraphqlBody<object>>>;
  get: (parameters: Record<string, string>) => Promise<HttpResponse<GraphqlBody<object>>>;
  rest: ReturnType<typeof rest>;
}

const preflighted = { 'apollo-require-preflight': 'true' };

/** Runs a gateway in `mode`, with one listed operation or the given manifest. */
async function withMode(
  mode: string,
  act: (ask: Ask) => Promise<void>,
  manifest = manifestText(manifestOf(parse(listed))),
): Promise<void> {
  const file = join(tmpdir(), `manifest-${randomUUID()}.json`);
  writeFileSync(file, manifest);
  const gateway = await startLocalGateway({
    PERSISTED_OPERATIONS: mode,
    PERSISTED_OPERATIONS_FILE: file,
  });
  try {
    await act({
      text: (query) => graphql(gateway.url)<object>(query),
      id: (sha256Hash, query) =>
        rest(gateway.url)<GraphqlBody<object>>('POST', '/graphql', {
          body: { query, extensions: { persistedQuery: { version: 1, sha256Hash } } },
        }),
      body: (body, headers = {}) =>
        rest(gateway.url)<GraphqlBody<object>>('POST', '/graphql', { body, headers }),
      get: (parameters) =>
        rest(gateway.url)('GET', `/graphql?${new URLSearchParams(parameters).toString()}`, {
          headers: preflighted,
        }),
      rest: rest(gateway.url),
    });
  } finally {
    await gateway.stop();
  }
}

const persistedQuery = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });

const code = ({ status, body }: HttpResponse<GraphqlBody<object>>) => [
  status,
  body.errors?.[0]?.extensions?.['code'],
];
const done = [200, undefined];
const notListed = [400, 'PERSISTED_QUERY_NOT_IN_LIST'];
const unknownId = [200, 'PERSISTED_QUERY_NOT_FOUND'];

describe('in safelist mode', () => {
  it('executes an operation of the manifest by its ID and by its text in any formatting', () =>
    withMode('safelist', async (ask) => {
      expect(code(await ask.id(id))).toEqual(done);
      expect(code(await ask.text(listed))).toEqual(done);
      expect(
        code(await ask.text(`# mine\nfragment Root on Query {\n\n__typename }  query Listed {...Root}`)),
      ).toEqual(done);
    }));

  it.each([
    ['another operation', '{ __typename }'],
    ['an operation of the same name', 'query Listed { products { nodes { id } } }'],
    [
      'an operation with an additional field',
      `${listed.replace('__typename', '__typename products { nodes { id } }')}`,
    ],
  ])('rejects %s', (_what, query) =>
    withMode('safelist', async (ask) => {
      expect(code(await ask.text(query))).toEqual(notListed);
    }),
  );

  it('reports an operation that is not listed before other errors', () =>
    withMode('safelist', async (ask) => {
      const query = 'query ($sort: ProductSort!) { products(sort: $sort) { nodes { id } } }';
      for (const variables of [{}, { sort: 'RANDOM' }, { sort: null }])
        expect(code(await ask.body({ query, variables }))).toEqual(notListed);
    }));

  it('rejects another operation in the document of a listed one', () =>
    withMode('safelist', async (ask) => {
      const both = `${listed} query Other { products { nodes { id } } }`;
      const named = (operationName: string) =>
        ask.rest<GraphqlBody<object>>('POST', '/graphql', { body: { query: both, operationName } });
      expect(code(await named('Listed'))).toEqual(done);
      expect(code(await named('Other'))).toEqual(notListed);
    }));

  it('does not register documents of clients', () =>
    withMode('safelist', async (ask) => {
      // Listed, so it is executed; but the hash of this formatting is not registered.
      const formatted = `${listed}\n`;
      const hash = idOfBody(formatted);
      expect(code(await ask.id(hash, formatted))).toEqual(done);
      expect(code(await ask.id(hash))).toEqual([200, 'PERSISTED_QUERY_NOT_FOUND']);
    }));

  it('executes the operations of the REST facade', () =>
    withMode('safelist', async (ask) => {
      // The subgraph is unavailable; a rejected operation would be 500.
      expect((await ask.rest('GET', '/v1/products')).status).toBe(503);
    }));
});

describe('a manifest of another tool', () => {
  const sent = { query: compact.body };

  it('lists an operation for any formatting of its body', () =>
    withMode(
      'safelist',
      async (ask) => {
        expect(code(await ask.body(sent))).toEqual(done);
        expect(
          code(await ask.text('query Compact {\n  ...Root\n}\n\nfragment Root on Query {\n  __typename\n}')),
        ).toEqual(done);
        expect(code(await ask.text('{ __typename }'))).toEqual(notListed);
      },
      apolloManifest([compact]),
    ));

  it.each([
    ['the SHA-256 of the body', idOfBody(compact.body)],
    ['a custom ID', 'web/Compact@1.2'],
  ])('runs an operation by %s', (_what, given) =>
    withMode(
      'safelist',
      async (ask) => {
        expect(code(await ask.id(given))).toEqual(done);
        expect(code(await ask.id(given.toUpperCase()))).toEqual(unknownId);
      },
      apolloManifest([{ ...compact, id: given }]),
    ),
  );

  it('may contain all operations minified, including those of this repository', () => {
    const own = readManifest(readFileSync(manifestFile, 'utf8'));
    const asSent = own.operations.map((listedOperation) => ({
      ...listedOperation,
      body: stripIgnoredCharacters(listedOperation.body),
    }));
    const operations = listOperations({ ...own, operations: asSent });
    for (const { id: ownId, name, body } of own.operations) {
      expect(operations.has(operationId(parse(body), name) ?? '')).toBe(true);
      expect(operations.bodyOf(ownId, undefined)).toBe(stripIgnoredCharacters(body));
    }
  });

  it('lists an anonymous operation by its body', () =>
    withMode(
      'safelist',
      async (ask) => expect(code(await ask.text('{ __typename }'))).toEqual(done),
      apolloManifest([{ ...compact, body: '{__typename}' }]),
    ));

  it('may have the same ID for operations of different clients', async () => {
    const ofClient = (clientName: string, field: string) => ({
      ...{ ...compact, id: 'same', clientName, body: `query Compact{${field}:__typename}` },
    });
    const ask = listOperations(
      readManifest(
        apolloManifest([
          ofClient('ios', 'a'),
          ofClient('web', 'b'),
          { ...compact, id: 'same', clientName: null },
        ]),
      ),
    );
    expect([
      ask.bodyOf('same', 'ios'),
      ask.bodyOf('same', 'web'),
      ask.bodyOf('same', 'other'),
      ask.bodyOf('same', undefined),
    ]).toEqual(['query Compact{a:__typename}', 'query Compact{b:__typename}', compact.body, compact.body]);
    await withMode(
      'safelist',
      async ({ body }) => {
        const request = { extensions: persistedQuery('same') };
        const dataFor = async (name: string) =>
          (await body(request, { 'apollographql-client-name': name })).body.data;
        expect([await dataFor('ios'), await dataFor('web')]).toEqual([{ a: 'Query' }, { b: 'Query' }]);
        expect(code(await body(request, { 'apollographql-client-name': 'other' }))).toEqual(unknownId);
        expect(code(await body(request))).toEqual(unknownId);
      },
      apolloManifest([ofClient('ios', 'a'), ofClient('web', 'b')]),
    );
  });
});

describe('documentId of GraphQL over HTTP', () => {
  const variable = 'query Named($all: Boolean!) { __typename @include(if: $all) }';
  const named = { ...compact, name: 'Named', id: 'named-1', body: variable };

  it.each(['safelist', 'log'])('names an operation of the manifest, by POST and GET, with %s', (mode) =>
    withMode(
      mode,
      async (ask) => {
        const documentId = 'named-1';
        const variables = { all: true };
        expect((await ask.body({ documentId, variables })).body).toEqual({ data: { __typename: 'Query' } });
        const parameters = { documentId, variables: JSON.stringify({ all: false }), operationName: '' };
        expect((await ask.get(parameters)).body).toEqual({ data: {} });
        expect(code(await ask.body({ documentId: 'named-1' }))).toEqual([400, 'BAD_USER_INPUT']);
        expect(code(await ask.body({ documentId: 'named-2' }))).toEqual(unknownId);
      },
      apolloManifest([named]),
    ),
  );

  it('is the prefix and the SHA-256 of the document', () =>
    withMode(
      'safelist',
      async (ask) => {
        const documentId = `sha256:${idOfBody(compact.body)}`;
        expect(code(await ask.body({ documentId }))).toEqual(done);
        expect(code(await ask.get({ documentId }))).toEqual(done);
      },
      apolloManifest([compact]),
    ));

  it('together with the document registers the document, as an automatic persisted query', () =>
    withMode('off', async (ask) => {
      const documentId = `sha256:${idOfBody(listed)}`;
      expect(code(await ask.body({ documentId }))).toEqual(unknownId);
      expect(code(await ask.body({ documentId, query: listed }))).toEqual(done);
      expect(code(await ask.body({ documentId }))).toEqual(done);
      expect(code(await ask.id(idOfBody(listed)))).toEqual(done);
    }));

  it('runs no mutation by GET', () =>
    withMode(
      'safelist',
      async (ask) => {
        const { status, headers } = await ask.get({ documentId: 'out' });
        expect([status, headers.get('allow')]).toEqual([405, 'POST']);
      },
      apolloManifest([
        { id: 'out', name: 'Out', type: 'mutation', body: 'mutation Out{logout(refreshToken:"x")}' },
      ]),
    ));
});

describe('in log mode', () => {
  it('executes all operations, and those of the manifest by their IDs', () =>
    withMode('log', async (ask) => {
      expect(code(await ask.text('query Other { __typename }'))).toEqual(done);
      expect(code(await ask.id(id))).toEqual(done);
    }));

  it('counts operations that are not listed', () =>
    withMode('log', async (ask) => {
      const counted = async () => {
        const { body } = await ask.rest<string>('GET', '/metrics');
        return Number(/^graphql_unlisted_operations_total (\d+)/m.exec(body)?.[1]);
      };
      const before = await counted();
      await ask.text(listed);
      await ask.id(id);
      expect(await counted()).toBe(before);
      await ask.text('query Other { __typename }');
      expect(await counted()).toBe(before + 1);
    }));

  it('registers documents of clients', () =>
    withMode('log', async (ask) => {
      const query = 'query Other { __typename }';
      await ask.id(idOfBody(query), query);
      expect(code(await ask.id(idOfBody(query)))).toEqual(done);
    }));
});

it('the mode is log in production and off otherwise by default', async () => {
  const modeWith = async (env: Record<string, string>) =>
    (
      await openPersistedOperations(
        loadSettings({ ...serviceEnvironmentFor('gateway'), ...env }),
        silentLogger(),
      )
    ).mode;
  expect(await modeWith({ NODE_ENV: 'production' })).toBe('log');
  expect(await modeWith({ NODE_ENV: 'production', PERSISTED_OPERATIONS: 'safelist' })).toBe('safelist');
  expect(await modeWith({ NODE_ENV: 'development' })).toBe('off');
});

it('logs each name once, and never the text', () => {
  const lines: unknown[] = [];
  const logger = {
    warn: (message: string, fields: object) => lines.push([message, fields]),
  } as unknown as Logger;
  const logUnlisted = unlistedOperationLog(logger);
  for (const name of ['Other', 'Other', 'x'.repeat(10_000), null]) logUnlisted(name, id);
  expect(lines).toEqual([
    ['operation is not in the manifest', { operation: 'Other', id }],
    ['operation is not in the manifest', { operation: 'x'.repeat(100), id }],
  ]);
});

it('ignores the manifest in mode off', () =>
  withMode('off', async (ask) => {
    expect(code(await ask.text('{ __typename }'))).toEqual(done);
    expect(code(await ask.id(id))).toEqual([200, 'PERSISTED_QUERY_NOT_FOUND']);
  }));

it.each([
  ['a missing file', undefined],
  ['a file that is not JSON', '{'],
  ['a file that is not a manifest', '{}'],
  [
    'a body that cannot be parsed',
    manifestText(manifestOf(parse(listed))).replace('query Listed', 'query {'),
  ],
  [
    'a body without an operation',
    apolloManifest([{ ...compact, body: 'fragment Root on Query{__typename}' }]),
  ],
  [
    'an id for two operations',
    apolloManifest([compact, { ...compact, body: 'query Compact{id:__typename}' }]),
  ],
])('does not start with %s', async (_what, text) => {
  const file = join(tmpdir(), `manifest-${randomUUID()}.json`);
  if (text !== undefined) writeFileSync(file, text);
  const start = startLocalGateway({ PERSISTED_OPERATIONS: 'safelist', PERSISTED_OPERATIONS_FILE: file });
  await expect(start).rejects.toThrow(ConfigError);
  await expect(start).rejects.toThrow(file);
});

it('rejects an operation without a name in a manifest', () => {
  expect(() => manifestOf(parse('{ __typename }'))).toThrow('name');
});

it('can be read after it was written', () => {
  const manifest = manifestOf(parse(listed));
  expect(readManifest(manifestText(manifest))).toEqual(manifest);
});
