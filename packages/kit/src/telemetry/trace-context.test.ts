import { startTelemetry } from '.';
import { currentTraceparent, runInTrace } from './trace';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

beforeAll(() => void startTelemetry('test'));

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
});
