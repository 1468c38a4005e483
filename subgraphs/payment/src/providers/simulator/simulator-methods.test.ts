import { randomUUID } from 'node:crypto';
import { behaviourByChance, behaviourOf } from './simulator-methods';

describe('behaviourOf', () => {
  it('is undefined for an undocumented method', () => {
    for (const method of ['', 'SIM_SUCCESS', 'toString', '__proto__', 'pm_card_visa']) {
      expect(behaviourOf(method)).toBeUndefined();
    }
  });
});

describe('behaviourByChance', () => {
  const succeeds = (seed: string, orderId: string, successRate: number) =>
    behaviourByChance({ seed, orderId, successRate }).kind === 'succeed';

  it('is deterministic for an order and a seed', () => {
    const orderIds = Array.from({ length: 64 }, () => randomUUID());
    const draw = (seed: string) => orderIds.map((orderId) => succeeds(seed, orderId, 0.5));
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
  });

  it('always succeeds at rate 1 and never at rate 0', () => {
    for (let index = 0; index < 100; index += 1) {
      expect(succeeds('a', randomUUID(), 1)).toBe(true);
      expect(succeeds('a', randomUUID(), 0)).toBe(false);
    }
  });

  it('succeeds at about the given rate', () => {
    // Fixed IDs, so that the share is the same in every run.
    const ids = Array.from(
      { length: 2_000 },
      (_, index) => `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`,
    );
    const share = ids.filter((id) => succeeds('a', id, 0.9)).length / ids.length;
    expect(share).toBeGreaterThan(0.88);
    expect(share).toBeLessThan(0.92);
  });
});
