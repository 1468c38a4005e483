import { randomUUID } from 'node:crypto';
import { cellOf, isUuid, newId, newIdFor } from '.';

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('newId', () => {
  it('returns a UUIDv7 that contains the current time', () => {
    const before = Date.now();
    const id = newId();
    const milliseconds = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
    expect(id).toMatch(form);
    expect(isUuid(id)).toBe(true);
    expect(milliseconds).toBeGreaterThanOrEqual(before);
    expect(milliseconds).toBeLessThanOrEqual(Date.now());
  });

  it('returns different IDs', () => {
    expect(new Set(Array.from({ length: 1_000 }, newId)).size).toBe(1_000);
  });
});

describe('newIdFor', () => {
  it('puts the cell of the user into rand_a, whatever the case of the user ID', () => {
    const userId = randomUUID();
    const ids = [newIdFor(userId), newIdFor(userId.toUpperCase())];
    for (const id of ids) {
      expect(id).toMatch(form);
      expect(Number.parseInt(id.slice(15, 18), 16)).toBe(cellOf(userId));
    }
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('spreads users over all 4096 cells', () => {
    const cells = Array.from({ length: 2_000 }, () => cellOf(randomUUID()));
    expect(Math.min(...cells)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...cells)).toBeLessThanOrEqual(4_095);
    expect(new Set(cells).size).toBeGreaterThan(1_000);
  });
});
