import { FailureCounts } from './failure-counts';

const policy = { freeFailures: 2, windowMs: 1_000, firstDelayMs: 100, maximumDelayMs: 1_000 };

describe('Failure counts', () => {
  it('forget the key that failed longest ago when there are too many', () => {
    const counts = new FailureCounts(policy, () => 0, 2);
    for (const key of ['first', 'second', 'first', 'third']) counts.add(key);
    expect(['first', 'second', 'third'].map((key) => counts.failuresOf(key))).toEqual([2, 0, 1]);
  });

  it('keep a blocked key for a window beyond its block', () => {
    const clock = { now: 0 };
    const counts = new FailureCounts(policy, () => clock.now);
    counts.add('key');
    counts.add('key');
    clock.now = 1_099;
    expect(counts.failuresOf('key')).toBe(2);
    clock.now = 1_100;
    expect(counts.failuresOf('key')).toBe(0);
  });
});
