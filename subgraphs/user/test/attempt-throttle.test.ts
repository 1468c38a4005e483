import { createHash } from 'node:crypto';
import { createClient } from '@redis/client';
import { createLogger } from '@shop/kit/logger';
import { eventually } from '@shop/testkit/eventually';
import { describeWithRedis, type RedisServer, startRedisServer } from '@shop/testkit/redis';
import { FailureLimit, memoryCounters } from '../src/attempt-throttle/failure-limit';
import {
  memoryStore,
  openThrottles,
  redisStore,
  type Throttles,
} from '../src/attempt-throttle/open-throttles';
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

  it('keeps the count of failures while a concurrent attempt is rejected slowly', async () => {
    const counters = memoryCounters();
    const { failures } = counters;
    const reward = failures.reward.bind(failures);
    const responded = Promise.withResolvers<void>();
    failures.reward = (...args) => responded.promise.then(() => reward(...args));
    const limit = new FailureLimit(counters, 1);
    const first = await limit.reserve('ann@example.com');
    const second = limit.reserve('ann@example.com');
    if (typeof first !== 'number') await first.fail();
    responded.resolve();
    expect(await second).toBeGreaterThan(0);
    expect(await failures.get(keyOf('ann@example.com'))).toMatchObject({ consumedPoints: 1 });
  });

  it('forgets the key that failed longest ago when there are too many', async () => {
    const counters = memoryCounters(2);
    const limit = new FailureLimit(counters, 1);
    for (const name of ['first', 'second', 'first', 'third']) await limit.add(name);
    const countOf = async (name: string) => (await counters.failures.get(keyOf(name)))?.consumedPoints ?? 0;
    expect(await Promise.all(['first', 'second', 'third'].map(countOf))).toEqual([2, 0, 1]);
    const waits = await Promise.all(['first', 'second', 'third'].map((name) => limit.waitMs(name)));
    expect(waits.map((ms) => ms > 0)).toEqual([true, false, true]);
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

  describe('that count together', () => {
    let processes: Throttles[];
    beforeAll(async () => {
      processes = [openProcess(), openProcess()];
      // Until it is connected, each counts alone.
      await eventually(async () => {
        await client.flushAll();
        for (const index of [0, 1]) await fail(index, 'probe@example.com');
        expect(await client.get((await client.keys('login-account-failures:*'))[0] ?? '')).toBe('2');
      });
    });
    afterAll(() => processes?.forEach((opened) => opened.close()));

    const openProcess = () => {
      const logger = createLogger({ service: 'user' });
      logger.silent = true;
      const limits = { LOGIN_FAILURES_PER_ADDRESS: 100, REGISTRATIONS_PER_ADDRESS: 100 };
      return openThrottles({ REDIS_URL: server.url, ...limits }, logger);
    };
    const fail = (index: number, account: string) =>
      processes[index % 2]!.logins.attempt({ account, address: '10.0.0.1' }, () => Promise.resolve(null));

    it('reject an account after ten failures in both', async () => {
      for (let index = 0; index < 10; index += 1)
        expect(await fail(index, 'ann@example.com')).toEqual({ kind: 'failed' });
      for (const index of [0, 1])
        expect(await fail(index, 'ann@example.com')).toMatchObject({ kind: 'rejected' });
    });

    it('allow no more than ten of 50 concurrent guesses in both', async () => {
      const guesses = Array.from({ length: 50 }, (_, index) => fail(index, 'bob@example.com'));
      const failed = (await Promise.all(guesses)).filter(({ kind }) => kind === 'failed');
      expect(failed).toHaveLength(10);
    });

    it('count registrations separately from logins', async () => {
      const who = { account: 'cid@example.com', address: '10.0.0.2' };
      const register = (index: number) =>
        processes[index % 2]!.registrations.attempt(who, () => Promise.resolve('cid'));
      for (let index = 0; index < 10; index += 1)
        expect(await register(index)).toMatchObject({ kind: 'succeeded' });
      expect(await register(0)).toMatchObject({ kind: 'rejected' });
      const login = await processes[0]!.logins.attempt(who, () => Promise.resolve('cid'));
      expect(login).toMatchObject({ kind: 'succeeded' });
    });

    it('use hashed keys that expire', async () => {
      for (let index = 0; index < 10; index += 1) await fail(index, 'dan@example.com');
      const keys = await client.keys('*');
      expect(keys.length).toBeGreaterThan(0);
      expect(keys.join()).not.toMatch(/dan|example|10\.0/);
      const ends = await Promise.all(keys.map((key) => client.pTTL(key)));
      expect(Math.min(...ends)).toBeGreaterThan(0);
    });
  });
});
