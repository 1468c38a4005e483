import { entityTag, expectedVersions, isKnown } from './entity-tag';

const version = '2026-11-01T12:00:00.123Z';
const tag = entityTag({ updated_at: version, stock: 7 });

it('consists of the version and the stock, in quotes', () => {
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
  it.each([tag, `"${version}/8"`, `"${version}"`])('%s requires the version, for any stock', (header) => {
    expect(expectedVersions(header)).toEqual([version]);
  });

  it.each([undefined, '*'])('%s demands none', (header) => {
    expect(expectedVersions(header)).toBeUndefined();
  });

  it.each([
    '"nonsense"',
    '"5"',
    '"12345"',
    '"2026"',
    '"2026-11-01"',
    '"2026-11-01T12:00:00Z"',
    '"2026-11-01T13:00:00.123+01:00"',
    '"2026-02-30T12:00:00.123Z"',
    '"2026-13-01T12:00:00.123Z"',
    '"+012026-11-01T12:00:00.123Z"',
    '"a", "b"',
    `W/${tag}`,
    version,
    `"${version}/"`,
    `"${version}/x"`,
    `${tag} or else`,
    `*, ${tag}`,
    '',
  ])('%j demands a version that nothing has', (header) => {
    expect(expectedVersions(header)).toEqual(['1970-01-01T00:00:00.000Z']);
  });

  it.each([`"other", ${tag}`, `${tag},"other"`, `W/${tag} , ${tag}`, `"a, b", ${tag}`, `,${tag},`])(
    '%s requires the only version that can match',
    (header) => {
      expect(expectedVersions(header)).toEqual([version]);
    },
  );

  it('requires one of several versions', () => {
    const other = '2026-11-02T12:00:00.123Z';
    expect(expectedVersions(`"${other}", ${tag}`)).toEqual([other, version]);
  });
});
