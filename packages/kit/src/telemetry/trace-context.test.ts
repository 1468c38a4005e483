import {
  currentTrace,
  currentTraceparent,
  nearerPosition,
  runInTrace,
  runInTraceOf,
  traceHeaders,
} from './trace';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

describe('A trace', () => {
  it('that was stored is continued, also across awaits', async () => {
    const seen = await runInTrace(traceparent, async () => {
      await Promise.resolve();
      return currentTraceparent();
    });
    expect(seen).toBe(traceparent);
  });

  it('that was not stored changes nothing', () => {
    expect(runInTrace(undefined, currentTraceparent)).toBeUndefined();
    expect(runInTrace('no traceparent', currentTraceparent)).toBeUndefined();
  });

  it('that is continued already keeps its position', () => {
    const later = `00-${traceId}-00f067aa0ba902b7-01`;
    expect(runInTrace(later, () => runInTrace(traceparent, currentTraceparent))).toBe(later);
  });

  it('is in the headers of calls, and there are none outside a trace', () => {
    expect(runInTrace(traceparent, () => traceHeaders())).toEqual({ traceparent });
    expect(traceHeaders()).toEqual({});
    expect(currentTrace()).toBeUndefined();
  });
});

describe('runInTraceOf', () => {
  const [later, other] = [`00-${traceId}-00f067aa0ba902b7-01`, `00-${'1'.repeat(32)}-00f067aa0ba902b7-01`];

  it.each([
    ['one row', [traceparent]],
    ['rows of one trace', [traceparent, later]],
  ])('continues the trace of %s', (_case, traceparents) => {
    expect(runInTraceOf(traceparents, currentTraceparent)).toBe(traceparent);
  });

  it.each([
    ['rows of several traces', [traceparent, other]],
    ['rows of which one has no trace', [traceparent, null]],
    ['no rows', []],
  ])('belongs to no trace with %s while nothing is recorded', (_case, traceparents) => {
    expect(runInTraceOf(traceparents, currentTraceparent)).toBeUndefined();
  });

  it('is below the publisher of an event only if that is in the trace of the event', () => {
    expect(nearerPosition(traceparent, later)).toBe(later);
    for (const position of [other, undefined, 'forged'])
      expect(nearerPosition(traceparent, position)).toBe(traceparent);
    expect(nearerPosition(undefined, later)).toBeUndefined();
  });
});
