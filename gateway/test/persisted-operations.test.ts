import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { randomUUID } from 'node:crypto';
import { ConfigError } from '@shop/kit/config';
import type { Logger } from '@shop/kit/logger';
import { type Answer, graphql, type GraphqlBody, rest } from '@shop/testkit/http';
import { serviceEnvironmentFor } from '@shop/testkit/keys';
import { parse } from 'graphql';
import { loadSettings } from '../src/config';
import { unlistedTeller } from '../src/persisted/guard-operations';
import { manifestOf, manifestText, readManifest } from '../src/persisted/manifest';
import { idOfBody } from '../src/persisted/operation-id';
import { openPersistedOperations } from '../src/persisted/persisted-operations';
import { repositoryOperations } from '../src/persisted/repository-operations';
import { startLocalGateway } from './local-gateway';

const manifestFile = join(__dirname, '..', 'persisted-operations.json');

it('the manifest is committed as it is: npm run persisted -w gateway', () => {
  expect(readFileSync(manifestFile, 'utf8')).toBe(manifestText(manifestOf(repositoryOperations())));
});

const listed = 'query Listed { ...Root }\nfragment Root on Query { __typename }';
const [operation] = manifestOf(parse(listed)).operations;
const id = operation?.id ?? '';

/** What `mode` does, on a gateway whose manifest has one operation. */
async function withMode(
  mode: string,
  act: (ask: {
    text: (query: string) => Promise<Answer<GraphqlBody<object>>>;
    id: (sha256Hash: string, query?: string) => Promise<Answer<GraphqlBody<object>>>;
    rest: ReturnType<typeof rest>;
  }) => Promise<void>,
): Promise<void> {
  const file = join(tmpdir(), `manifest-${randomUUID()}.json`);
  writeFileSync(file, manifestText(manifestOf(parse(listed))));
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
      rest: rest(gateway.url),
    });
  } finally {
    await gateway.stop();
  }
}

const code = ({ status, body }: Answer<GraphqlBody<object>>) => [
  status,
  body.errors?.[0]?.extensions?.['code'],
];
const done = [200, undefined];
const notListed = [400, 'PERSISTED_QUERY_NOT_IN_LIST'];

describe('With a safelist', () => {
  it('an operation of the manifest runs, by its id and by its text in any layout', () =>
    withMode('safelist', async (ask) => {
      expect(code(await ask.id(id))).toEqual(done);
      expect(code(await ask.text(listed))).toEqual(done);
      expect(
        code(await ask.text(`# mine\nfragment Root on Query {\n\n__typename }  query Listed {...Root}`)),
      ).toEqual(done);
    }));

  it.each([
    ['another one', '{ __typename }'],
    ['one of the same name', 'query Listed { products { nodes { id } } }'],
    [
      'the same with one field more',
      `${listed.replace('__typename', '__typename products { nodes { id } }')}`,
    ],
  ])('%s is refused', (_what, query) =>
    withMode('safelist', async (ask) => {
      expect(code(await ask.text(query))).toEqual(notListed);
    }),
  );

  it('one that is listed does not bring another one in', () =>
    withMode('safelist', async (ask) => {
      const both = `${listed} query Other { products { nodes { id } } }`;
      const named = (operationName: string) =>
        ask.rest<GraphqlBody<object>>('POST', '/graphql', { body: { query: both, operationName } });
      expect(code(await named('Listed'))).toEqual(done);
      expect(code(await named('Other'))).toEqual(notListed);
    }));

  it('nothing is learnt from clients', () =>
    withMode('safelist', async (ask) => {
      // Listed, so it runs; but under the hash of this layout it is not known afterwards either.
      const layout = `${listed}\n`;
      const hash = idOfBody(layout);
      expect(code(await ask.id(hash, layout))).toEqual(done);
      expect(code(await ask.id(hash))).toEqual([200, 'PERSISTED_QUERY_NOT_FOUND']);
    }));

  it('the REST facade still runs its own operations', () =>
    withMode('safelist', async (ask) => {
      // No subgraph is there: had the operation been refused, it would be 500.
      expect((await ask.rest('GET', '/v1/products')).status).toBe(503);
    }));
});

describe('With log', () => {
  it('everything runs, and the manifest is known by its ids', () =>
    withMode('log', async (ask) => {
      expect(code(await ask.text('query Other { __typename }'))).toEqual(done);
      expect(code(await ask.id(id))).toEqual(done);
    }));

  it('what is not listed is counted', () =>
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

  it('what clients register is learnt', () =>
    withMode('log', async (ask) => {
      const query = 'query Other { __typename }';
      await ask.id(idOfBody(query), query);
      expect(code(await ask.id(idOfBody(query)))).toEqual(done);
    }));
});

it('is logged in production, unless told otherwise', async () => {
  const modeWith = async (env: Record<string, string>) =>
    (await openPersistedOperations(loadSettings({ ...serviceEnvironmentFor('gateway'), ...env }))).mode;
  expect(await modeWith({ NODE_ENV: 'production' })).toBe('log');
  expect(await modeWith({ NODE_ENV: 'production', PERSISTED_OPERATIONS: 'safelist' })).toBe('safelist');
  expect(await modeWith({ NODE_ENV: 'development' })).toBe('off');
});

it('tells of each name once, and never a text', () => {
  const lines: unknown[] = [];
  const logger = {
    warn: (message: string, fields: object) => lines.push([message, fields]),
  } as unknown as Logger;
  const tell = unlistedTeller(logger);
  for (const name of ['Other', 'Other', 'x'.repeat(10_000), null]) tell(name, id);
  expect(lines).toEqual([
    ['operation is not in the manifest', { operation: 'Other', id }],
    ['operation is not in the manifest', { operation: 'x'.repeat(100), id }],
  ]);
});

it('with off no manifest is read', () =>
  withMode('off', async (ask) => {
    expect(code(await ask.text('{ __typename }'))).toEqual(done);
    expect(code(await ask.id(id))).toEqual([200, 'PERSISTED_QUERY_NOT_FOUND']);
  }));

it.each([
  ['no file', undefined],
  ['no JSON', '{'],
  ['no manifest', '{}'],
  ['an id that is not of its text', manifestText(manifestOf(parse(listed))).replace(id, '0'.repeat(64))],
])('refuses to start with %s', async (_what, text) => {
  const file = join(tmpdir(), `manifest-${randomUUID()}.json`);
  if (text !== undefined) writeFileSync(file, text);
  const start = startLocalGateway({ PERSISTED_OPERATIONS: 'safelist', PERSISTED_OPERATIONS_FILE: file });
  await expect(start).rejects.toThrow(ConfigError);
  await expect(start).rejects.toThrow(file);
});

it('takes no operation without a name into a manifest', () => {
  expect(() => manifestOf(parse('{ __typename }'))).toThrow('name');
});

it('reads what it writes', () => {
  const manifest = manifestOf(parse(listed));
  expect(readManifest(manifestText(manifest))).toEqual(manifest);
});
