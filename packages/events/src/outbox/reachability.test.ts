import { defaultRetryPolicy, pauseMs, Reachability } from './reachability';

describe('pauseMs', () => {
  const longest = (tries: number) => pauseMs(defaultRetryPolicy, tries, () => 1);

  it('doubles with each try, up to the maximum', () => {
    expect([1, 2, 3, 4, 5, 6, 1_000].map(longest)).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  });

  it('is between half and all of the step', () => {
    expect(pauseMs(defaultRetryPolicy, 1, () => 0)).toBe(100);
  });
});

describe('Reachability', () => {
  it('pauses deliveries to an unavailable subscriber, longer each time, until it responds', () => {
    let now = 0;
    const reachability = new Reachability(defaultRetryPolicy, () => now);
    expect(reachability.msUntilNextTry('order')).toBe(0);

    reachability.missed('order');
    const first = reachability.msUntilNextTry('order');
    expect(first).toBeGreaterThanOrEqual(100);
    expect(reachability.msUntilNextTry('user')).toBe(0);
    now += first;
    expect(reachability.msUntilNextTry('order')).toBe(0);

    for (let miss = 0; miss < 10; miss += 1) reachability.missed('order');
    expect(reachability.msUntilNextTry('order')).toBeGreaterThanOrEqual(2_500);
    reachability.reached('order');
    expect(reachability.msUntilNextTry('order')).toBe(0);
  });
});
