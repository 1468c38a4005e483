import { currentTrace, currentTraceparent, runInTrace, traceHeaders } from './trace';

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
