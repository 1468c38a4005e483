import { createHash, randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import type { RunningService } from '@shop/kit/service';
import { eventually } from '@shop/testkit/eventually';
import { type GraphqlBody, rest } from '@shop/testkit/http';
import { describeWithRedis, type RedisServer, startRedisServer } from '@shop/testkit/redis';
import { startLocalGateway } from './local-gateway';

const notFound = 'PERSISTED_QUERY_NOT_FOUND';
const hashOf = (query: string) => createHash('sha256').update(query).digest('hex');
const newDocument = (padding = '') => `query Q${randomUUID().replaceAll('-', '')} { __typename }${padding}`;

describeWithRedis('documents that clients register', () => {
  let store: RedisServer;
  let gateways: RunningService[];
  let client: ReturnType<typeof connect>;
  const connect = () => createClient({ url: store.url, socket: { reconnectStrategy: () => 50 } });
  beforeAll(async () => {
    store = await startRedisServer();
    const start = () => startLocalGateway({ REDIS_URL: store.url });
    gateways = await Promise.all([start(), start()]);
    client = connect();
    client.on('error', () => undefined);
    await client.connect();
  });
  afterAll(async () => {
    client?.destroy();
    await Promise.all((gateways ?? []).map((gateway) => gateway.stop()));
    await store?.kill();
  });

  /** @returns the code of the error, or the name of the root type */
  async function send(index: number, hash: string, query?: string): Promise<unknown> {
    const extensions = { persistedQuery: { version: 1, sha256Hash: hash } };
    const { body } = await rest(gateways[index]?.url ?? '')<GraphqlBody<{ __typename: string }>>(
      'POST',
      '/graphql',
      { body: { query, extensions } },
    );
    return body.errors?.[0]?.extensions?.['code'] ?? body.data?.__typename;
  }

  /** Registers documents at the first gateway until the second one executes one by its hash. */
  const expectShared = () =>
    eventually(async () => {
      const document = newDocument();
      expect(await send(0, hashOf(document), document)).toBe('Query');
      await eventually(async () => expect(await send(1, hashOf(document))).toBe('Query'), {
        timeoutMs: 1_000,
      });
    });

  // eslint-disable-next-line jest/expect-expect -- expectShared asserts
  it('are executed by other processes', expectShared);

  it('are not executed if the store has another document for their hash', async () => {
    await expectShared();
    const hash = hashOf(newDocument());
    await client.hSet('{apq}:documents', `apq:${hash}`, newDocument());
    expect(await send(1, hash)).toBe(notFound);
    await client.hDel('{apq}:documents', `apq:${hash}`);
  });

  it('are removed from the store beyond 2,000, and never stored if larger than 10,000 bytes', async () => {
    const names = Array.from({ length: 2_000 }, (_, index) => `old-${index}`);
    await client.hSet('{apq}:documents', Object.fromEntries(names.map((name) => [name, 'old'])));
    await client.zAdd(
      '{apq}:registered-at',
      names.map((value, score) => ({ score, value })),
    );
    await expectShared();
    expect(await client.hLen('{apq}:documents')).toBeLessThanOrEqual(2_000);
    expect(await client.zCard('{apq}:registered-at')).toBeLessThanOrEqual(2_000);

    const large = newDocument(' '.repeat(10_000));
    expect(await send(0, hashOf(large), large)).toBe('Query');
    await expectShared();
    expect(await send(1, hashOf(large))).toBe(notFound);
  });

  it('stay with their process while the store is unavailable, and are shared again afterwards', async () => {
    await expectShared();
    await store.kill();
    const document = newDocument();
    expect(await send(0, hashOf(document), document)).toBe('Query');
    expect(await send(0, hashOf(document))).toBe('Query');
    expect(await send(1, hashOf(document))).toBe(notFound);
    expect(await send(1, hashOf(document), document)).toBe('Query');
    await store.start();
    await expectShared();
  });
});
