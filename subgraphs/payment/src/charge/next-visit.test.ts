import { nextVisit } from './next-visit';

const limitMs = 600_000;

describe('nextVisit', () => {
  it('doubles the pause from one second to one minute', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 6, 7, 1_000].map(
      (visits) => nextVisit({ status: 'UNKNOWN', visits }, limitMs)?.pauseMs,
    );
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('is not after the time limit of an authentication, and has no other limit', () => {
    const limitOf = (status: 'PENDING' | 'UNKNOWN' | 'REQUIRES_ACTION') =>
      nextVisit({ status, visits: 1 }, limitMs)?.atAgeMs;
    expect(limitOf('REQUIRES_ACTION')).toBe(limitMs);
    expect([limitOf('PENDING'), limitOf('UNKNOWN')]).toEqual([null, null]);
  });

  it.each(['SUCCEEDED', 'FAILED', 'REFUNDED'] as const)('is null for a %s payment', (status) => {
    expect(nextVisit({ status, visits: 1 }, limitMs)).toBeNull();
  });
});
