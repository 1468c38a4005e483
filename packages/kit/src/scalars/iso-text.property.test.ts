import fc from 'fast-check';
import { isoText } from './iso-text';

describe('The text of a date', () => {
  it('is that of toISOString, also outside of the years 1970 to 9999', () => {
    const near = fc.integer({ min: -100_000_000, max: Date.UTC(10_001, 0) });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.date({ noInvalidDate: true }),
          near.map((time) => new Date(time)),
        ),
        (date) => {
          expect(isoText(date)).toBe(date.toISOString());
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it.each(['1970-01-01T00:00:00.000Z', '2028-02-29T23:59:59.999Z', '9999-12-31T23:59:59.999Z'])(
    'is %s for that time',
    (text) => expect(isoText(new Date(text))).toBe(text),
  );

  it('does not exist for an invalid date', () => {
    expect(() => isoText(new Date(NaN))).toThrow(RangeError);
  });
});
