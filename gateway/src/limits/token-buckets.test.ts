import { TokenBuckets } from './token-buckets';

const quota = { requests: 10, seconds: 5 };

function buckets(maximumKeys?: number) {
  const clock = { now: 1_000 };
  const limiter = new TokenBuckets(quota, () => clock.now, maximumKeys);
  const takeMany = (key: string, count: number) =>
    Array.from({ length: count }, () => limiter.take(key)).filter(({ isAllowed }) => isAllowed).length;
  const release = (key: string) => limiter.release(key);
  return { clock, take: (key: string) => limiter.take(key), takeMany, release };
}

it('allows the whole quota at once, then rejects with the time to wait', () => {
  const { take, takeMany } = buckets();
  expect(takeMany('ann', 10)).toBe(10);
  expect(take('ann')).toEqual({
    isAllowed: false,
    remaining: 0,
    retryAfterSeconds: 1,
    restoredInSeconds: 5,
  });
});

it('returns the remaining requests', () => {
  const { take } = buckets();
  expect(take('ann')).toMatchObject({ isAllowed: true, remaining: 9, restoredInSeconds: 1 });
  expect(take('ann')).toMatchObject({ isAllowed: true, remaining: 8 });
});

it('refills steadily, at most to the quota', () => {
  const { clock, takeMany } = buckets();
  takeMany('ann', 10);
  clock.now += 1_000;
  expect(takeMany('ann', 10)).toBe(2);
  clock.now += 60_000;
  expect(takeMany('ann', 20)).toBe(10);
});

it('allows a request after the returned time, even if the client sent requests meanwhile', () => {
  const { clock, take, takeMany } = buckets();
  takeMany('ann', 10);
  takeMany('ann', 1_000);
  const { retryAfterSeconds } = take('ann');
  clock.now += retryAfterSeconds * 1_000;
  expect(take('ann').isAllowed).toBe(true);
});

it('counts each key separately', () => {
  const { takeMany } = buckets();
  takeMany('ann', 10);
  expect(takeMany('bob', 11)).toBe(10);
});

it('removes the least recently used key when there are too many', () => {
  const { take, takeMany } = buckets(2);
  takeMany('ann', 10);
  takeMany('bob', 10);
  take('ann');
  take('eve');
  expect(take('ann').isAllowed).toBe(false);
  expect(take('bob').isAllowed).toBe(true);
});

it('returns the token of a request that another limit rejected', () => {
  const { release, takeMany } = buckets();
  takeMany('ann', 10);
  release('ann');
  release('unknown');
  expect(takeMany('ann', 10)).toBe(1);
});
