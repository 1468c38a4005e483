import { entityTag, expectedVersion, isKnown } from './entity-tag';

const version = '2026-11-01T12:00:00.123Z';
const tag = entityTag({ updated_at: version });

it('is the version in quotes', () => {
  expect(tag).toBe(`"${version}"`);
});

describe('If-None-Match', () => {
  it.each([tag, `W/${tag}`, `"other", ${tag}`, '*'])('%s names the version', (header) => {
    expect(isKnown(header, tag)).toBe(true);
  });

  it.each([undefined, '"other"', version])('%s does not name the version', (header) => {
    expect(isKnown(header, tag)).toBe(false);
  });
});

describe('If-Match', () => {
  it('demands the version that it names', () => {
    expect(expectedVersion(tag)).toBe(version);
  });

  it.each([undefined, '*'])('%s demands none', (header) => {
    expect(expectedVersion(header)).toBeUndefined();
  });

  it.each(['"nonsense"', `W/${tag}`, version])('%s demands a version that nothing has', (header) => {
    expect(expectedVersion(header)).toBe('1970-01-01T00:00:00.000Z');
  });

  it('refuses a list', () => {
    expect(() => expectedVersion(`${tag}, "other"`)).toThrow('one entity tag');
  });
});
