import { nextVisit } from './next-visit';

const limitMs = 600_000;

describe('nextVisit', () => {
  it.each([
    [0, 1_000],
    [1, 2_000],
    [2, 4_000],
    [5, 32_000],
    [6, 60_000],
    [1_000, 60_000],
  ])('after %i visits is due in half to all of %i ms', (visits, stepMs) => {
    const pauseMs = nextVisit({ status: 'UNKNOWN', visits }, limitMs)?.pauseMs;
    expect(pauseMs).toBeGreaterThanOrEqual(stepMs / 2);
    expect(pauseMs).toBeLessThanOrEqual(stepMs);
  });

  it('is due at the time limit of an authentication at the latest', () => {
    const limitOf = (status: 'PENDING' | 'UNKNOWN' | 'REQUIRES_ACTION') =>
      nextVisit({ status, visits: 1 }, limitMs)?.atAgeMs;
    expect(limitOf('REQUIRES_ACTION')).toBe(limitMs);
    expect([limitOf('PENDING'), limitOf('UNKNOWN')]).toEqual([null, null]);
  });

  it.each(['SUCCEEDED', 'FAILED', 'REFUNDED'] as const)('is null for a %s payment', (status) => {
    expect(nextVisit({ status, visits: 1 }, limitMs)).toBeNull();
  });
});
