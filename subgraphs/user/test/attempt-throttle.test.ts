import { createHash } from 'node:crypto';
import { createClient } from '@redis/client';
import { createLogger } from '@shop/kit/logger';
import { eventually } from '@shop/testkit/eventually';
import { describeWithRedis, type RedisServer, startRedisServer } from '@shop/testkit/redis';
import { FailureLimit, memoryCounters } from '../src/attempt-throttle/failure-limit';
import { memoryStore, openThrottles, redisStore } from '../src/attempt-throttle/open-throttles';
import { itLimitsGuesses } from './support/throttle-contract';

describe('The throttle of one process', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] }));
  afterEach(() => void jest.useRealTimers());

  itLimitsGuesses((free) => ({
    store: memoryStore(free),
    passTime: (ms) => void jest.advanceTimersByTime(ms),
  }));

  it('keeps nothing in memory of an attempt that is not counted', async () => {
    const counters = memoryCounters();
    const reserved = await new FailureLimit(counters, 1).reserve('ann@example.com');
    if (typeof reserved !== 'number') await reserved.cancel();
    expect(await counters.failures.get(keyOf('ann@example.com'))).toBeNull();
    expect(await counters.delays.get(keyOf('ann@example.com'))).toBeNull();
  });
});

const keyOf = (name: string) => createHash('sha256').update(name).digest('base64url');

/** Shortens the life of every key, because Redis has its own clock. */
const ageBy = `
for _, key in ipairs(redis.call('KEYS', '*')) do
  local left = redis.call('PTTL', key) - tonumber(ARGV[1])
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

  itLimitsGuesses((free) => ({
    store: redisStore(client, 'login', free),
    passTime: async (ms) => void (await client.eval(ageBy, { keys: [], arguments: [String(ms)] })),
  }));

  it('counts for all of them, under hashed keys that expire', async () => {
    const logger = createLogger({ service: 'user' });
    logger.silent = true;
    const processes = [1, 2].map(() =>
      openThrottles(
        { REDIS_URL: server.url, LOGIN_FAILURES_PER_ADDRESS: 100, REGISTRATIONS_PER_ADDRESS: 100 },
        logger,
      ),
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
        expect(await client.get((await client.keys('login-account-failures:*'))[0] ?? '')).toBe('2');
      });
      for (let index = 0; index < 8; index += 1) expect(await fail(index)).toEqual({ kind: 'failed' });
      expect(await fail(0)).toMatchObject({ kind: 'rejected' });
      expect(await fail(1)).toMatchObject({ kind: 'rejected' });

      // Registrations are counted separately: they cannot block the login of another user.
      const who = { account: 'bob@example.com', address: '10.0.0.2' };
      for (let index = 0; index < 10; index += 1)
        await processes[index % 2]!.registrations.spend(who, () => Promise.resolve(null));
      const spent = () => processes[0]!.registrations.spend(who, () => Promise.resolve(null));
      const login = () => processes[0]!.logins.attempt(who, () => Promise.resolve('bob'));
      expect(await spent()).toMatchObject({ kind: 'rejected' });
      expect(await login()).toMatchObject({ kind: 'succeeded' });

      const keys = await client.keys('*');
      expect(keys.join()).not.toMatch(/ann|bob|example|10\.0/);
      const ends = await Promise.all(keys.map((key) => client.pTTL(key)));
      expect(Math.min(...ends)).toBeGreaterThan(0);
    } finally {
      processes.forEach((opened) => opened.close());
    }
  });
});
