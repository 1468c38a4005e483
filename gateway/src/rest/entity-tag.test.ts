import { entityTag, expectedVersion, isKnown } from './entity-tag';

const version = '2026-11-01T12:00:00.123Z';
const tag = entityTag({ updated_at: version, stock: 7 });

it('is the version and the stock in quotes', () => {
  expect(tag).toBe(`"${version}/7"`);
});

describe('If-None-Match', () => {
  it.each([tag, `W/${tag}`, `"other", ${tag}`, '*'])('%s names the version', (header) => {
    expect(isKnown(header, tag)).toBe(true);
  });

  it.each([undefined, '"other"', version, `"${version}"`, `"${version}/8"`])(
    '%s does not name the version',
    (header) => {
      expect(isKnown(header, tag)).toBe(false);
    },
  );
});

describe('If-Match', () => {
  it.each([tag, `"${version}/8"`, `"${version}"`])('%s demands the version, whatever the stock', (header) => {
    expect(expectedVersion(header)).toBe(version);
  });

  it.each([undefined, '*'])('%s demands none', (header) => {
    expect(expectedVersion(header)).toBeUndefined();
  });

  it.each(['"nonsense"', `W/${tag}`, version, `"${version}/"`, `"${version}/x"`])(
    '%s demands a version that nothing has',
    (header) => {
      expect(expectedVersion(header)).toBe('1970-01-01T00:00:00.000Z');
    },
  );

  it('refuses a list', () => {
    expect(() => expectedVersion(`${tag}, "other"`)).toThrow('one entity tag');
  });
});
