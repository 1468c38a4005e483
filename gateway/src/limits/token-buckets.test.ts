import { TokenBuckets } from './token-buckets';

const quota = { requests: 10, seconds: 5 };

function buckets(maximumKeys?: number) {
  const clock = { now: 1_000 };
  const made = new TokenBuckets(quota, () => clock.now, maximumKeys);
  const takeMany = (key: string, count: number) =>
    Array.from({ length: count }, () => made.take(key)).filter(({ isAllowed }) => isAllowed).length;
  const putBack = (key: string) => made.putBack(key);
  return { clock, take: (key: string) => made.take(key), takeMany, putBack };
}

it('allows the whole quota at once and then says how long to wait', () => {
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

it('fills steadily, and never beyond the quota', () => {
  const { clock, takeMany } = buckets();
  takeMany('ann', 10);
  clock.now += 1_000;
  expect(takeMany('ann', 10)).toBe(2);
  clock.now += 60_000;
  expect(takeMany('ann', 20)).toBe(10);
});

it('serves a client that waited for the returned time, also if it sent requests meanwhile', () => {
  const { clock, take, takeMany } = buckets();
  takeMany('ann', 10);
  takeMany('ann', 1_000);
  const { retryAfterSeconds } = take('ann');
  clock.now += retryAfterSeconds * 1_000;
  expect(take('ann').isAllowed).toBe(true);
});

it('counts each key by itself', () => {
  const { takeMany } = buckets();
  takeMany('ann', 10);
  expect(takeMany('bob', 11)).toBe(10);
});

it('forgets who asked longest ago when there are too many', () => {
  const { take, takeMany } = buckets(2);
  takeMany('ann', 10);
  takeMany('bob', 10);
  take('ann');
  take('eve');
  expect(take('ann').isAllowed).toBe(false);
  expect(take('bob').isAllowed).toBe(true);
});

it('takes back what was allowed here and refused elsewhere', () => {
  const { putBack, takeMany } = buckets();
  takeMany('ann', 10);
  putBack('ann');
  putBack('nobody');
  expect(takeMany('ann', 10)).toBe(1);
});
