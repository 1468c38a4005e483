import { createClient } from '@redis/client';
import { createLogger } from '@shop/kit/logger';
import { eventually } from '@shop/testkit/eventually';
import { describeWithRedis, type RedisServer, startRedisServer } from '@shop/testkit/redis';
import { MemoryAttemptStore } from '../src/attempt-throttle/memory-attempt-store';
import { openThrottles } from '../src/attempt-throttle/open-throttles';
import { RedisAttemptStore } from '../src/attempt-throttle/redis-attempt-store';
import { itSlowsGuessesDown } from './support/throttle-contract';

describe('The throttle of one process', () => {
  itSlowsGuessesDown((policy) => {
    const clock = { now: 1_000_000 };
    return {
      store: new MemoryAttemptStore(policy, () => clock.now),
      passTime: (ms) => void (clock.now += ms),
    };
  });
});

/** Moves what is stored into the past, as Redis keeps its own time. */
const agedBy = `
for _, key in ipairs(redis.call('KEYS', '*')) do
  local ms = tonumber(ARGV[1])
  if redis.call('HEXISTS', key, 'blockedUntil') == 1 then redis.call('HINCRBY', key, 'blockedUntil', -ms) end
  local left = redis.call('PTTL', key) - ms
  if left > 0 then redis.call('PEXPIRE', key, left) else redis.call('DEL', key) end
end
return 0`;

describeWithRedis('The throttle of several processes', () => {
  let server: RedisServer;
  let client: ReturnType<typeof createClient>;
  beforeAll(async () => {
    server = await startRedisServer();
    client = createClient({ url: server.url });
    await client.connect();
  });
  beforeEach(async () => void (await client.flushAll()));
  afterAll(async () => {
    client?.destroy();
    await server?.kill();
  });

  itSlowsGuessesDown((policy) => ({
    store: new RedisAttemptStore(client, 'login', policy),
    passTime: async (ms) => void (await client.eval(agedBy, { keys: [], arguments: [String(ms)] })),
  }));

  it('counts for all of them, under keys that are hashed and expire', async () => {
    const logger = createLogger({ service: 'user' });
    logger.silent = true;
    const processes = [1, 2].map(() =>
      openThrottles({ redisUrl: server.url, failuresPerAddress: 100, registrationsPerAddress: 100 }, logger),
    );
    const fail = (index: number) =>
      processes[index % 2]!.logins.attempt({ account: 'ann@example.com', address: '10.0.0.1' }, () =>
        Promise.resolve(null),
      );
    try {
      // Until both are connected, each counts its own.
      await eventually(async () => {
        await client.flushAll();
        for (const index of [0, 1]) await fail(index);
        expect(await client.hGet((await client.keys('*account*'))[0] ?? '', 'failures')).toBe('2');
      });
      for (let index = 0; index < 8; index += 1) expect(await fail(index)).toEqual({ kind: 'failed' });
      expect(await fail(0)).toMatchObject({ kind: 'rejected' });
      expect(await fail(1)).toMatchObject({ kind: 'rejected' });

      // Registrations are counted apart: nobody closes somebody else's log-in with them.
      const who = { account: 'bob@example.com', address: '10.0.0.2' };
      for (let index = 0; index < 10; index += 1)
        await processes[index % 2]!.registrations.spend(who, () => Promise.resolve(null));
      const spent = () => processes[0]!.registrations.spend(who, () => Promise.resolve(null));
      const signedIn = () => processes[0]!.logins.attempt(who, () => Promise.resolve('bob'));
      expect(await spent()).toMatchObject({ kind: 'rejected' });
      expect(await signedIn()).toMatchObject({ kind: 'succeeded' });

      const keys = await client.keys('*');
      expect(keys.join()).not.toMatch(/ann|bob|example|10\.0/);
      const ends = await Promise.all(keys.map((key) => client.pTTL(key)));
      expect(Math.min(...ends)).toBeGreaterThan(0);
    } finally {
      processes.forEach((opened) => opened.close());
    }
  });
});
