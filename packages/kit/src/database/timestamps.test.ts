import { types } from 'pg';
import './data-source';

const timestamptz = 1184;
const parse = types.getTypeParser(timestamptz) as (text: string) => Date | number;

describe('A timestamptz of PostgreSQL', () => {
  test.each([
    ['2026-11-28 04:45:44+00', '2026-11-28T04:45:44.000Z'],
    ['2026-11-28 04:45:44.1+00', '2026-11-28T04:45:44.100Z'],
    ['2026-11-28 04:45:44.123+00', '2026-11-28T04:45:44.123Z'],
    ['2026-11-28 04:45:44.123999+00', '2026-11-28T04:45:44.123Z'],
    ['0001-01-01 00:00:00+00', '0001-01-01T00:00:00.000Z'],
    ['2026-11-28 06:45:44.123+02', '2026-11-28T04:45:44.123Z'],
    ['2026-11-28 10:15:44.123+05:30', '2026-11-28T04:45:44.123Z'],
    ['0044-03-15 00:00:00+00 BC', '-000043-03-15T00:00:00.000Z'],
    ['10000-01-01 00:00:00+00', '+010000-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect((parse(text) as Date).toISOString()).toBe(expected);
  });

  it('can be infinite', () => {
    expect(parse('-infinity')).toBe(-Infinity);
  });
});
