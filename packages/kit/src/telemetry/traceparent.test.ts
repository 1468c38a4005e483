import { formatTraceparent, newSpanId, newTraceId, parseTraceparent } from './traceparent';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

describe('parseTraceparent', () => {
  it.each([
    ['sampled', `00-${traceId}-${spanId}-01`, true],
    ['not sampled', `00-${traceId}-${spanId}-00`, false],
    ['with further flags', `00-${traceId}-${spanId}-03`, true],
    ['with only further flags', `00-${traceId}-${spanId}-fe`, false],
    ['of a later version', `01-${traceId}-${spanId}-01`, true],
    ['of a later version with more fields', `cc-${traceId}-${spanId}-01-what-the-future-will-be-like`, true],
    ['of a later version with an empty field', `cc-${traceId}-${spanId}-01-`, true],
  ])('accepts one %s', (_case, header, sampled) => {
    expect(parseTraceparent(header)).toEqual({ traceId, spanId, sampled });
  });

  it.each([
    ['no header', undefined],
    ['a list', [`00-${traceId}-${spanId}-01`]],
    ['an empty text', ''],
    ['version ff', `ff-${traceId}-${spanId}-01`],
    ['version 00 with more fields', `00-${traceId}-${spanId}-01-more`],
    ['version 00 with a trailing hyphen', `00-${traceId}-${spanId}-01-`],
    ['a later version with more text but no field', `cc-${traceId}-${spanId}-01.more`],
    ['a trace ID of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['a span ID of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['upper case', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['a short trace ID', `00-${traceId.slice(1)}-${spanId}-01`],
    ['a long span ID', `00-${traceId}-${spanId}0-01`],
    ['a digit that is not hexadecimal', `00-${traceId.slice(1)}g-${spanId}-01`],
    ['flags of one digit', `00-${traceId}-${spanId}-1`],
    ['space around it', ` 00-${traceId}-${spanId}-01 `],
    ['a line break', `cc-${traceId}-${spanId}-01-a\nb`],
    ['two headers, which Node joins', `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`],
    ['more than 128 characters', `cc-${traceId}-${spanId}-01-${'a'.repeat(73)}`],
  ])('rejects %s', (_case, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it('accepts 128 characters', () => {
    expect(parseTraceparent(`cc-${traceId}-${spanId}-01-${'a'.repeat(72)}`)).toBeDefined();
  });

  it('reads what formatTraceparent writes', () => {
    for (const sampled of [true, false]) {
      const trace = { traceId: newTraceId(), spanId: newSpanId(), sampled };
      expect(parseTraceparent(formatTraceparent(trace))).toEqual(trace);
    }
  });
});

describe('IDs', () => {
  it('are distinct, also of more than one batch of random bytes', () => {
    const ids = Array.from({ length: 1_000 }, () => [newTraceId(), newSpanId()]).flat();
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[0-9a-f]{16}(?:[0-9a-f]{16})?$/.test(id))).toBe(true);
  });
});
