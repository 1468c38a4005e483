import { runInTrace } from '../telemetry/trace';
import { boundedHistogram, sampledTraceId } from './bounded-histogram';
import { exposition } from './exposition';

const openMetrics = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3';

const linesOf = async (start: string, accept?: string) =>
  (await exposition(accept)).text.split('\n').filter((line) => line.startsWith(start));

describe('A bounded histogram', () => {
  it('has cumulative buckets, the sum and the count, and without labels 0 before the first observation', async () => {
    const durations = boundedHistogram({
      name: 'test_plain_seconds',
      help: 'Test.',
      buckets: [0.3, 1],
      maximumCombinations: 1,
      surplus: () => ({}),
    });
    const lines = (counts: readonly number[], sum: number) => [
      ...['0.3', '1', '+Inf'].map((le, index) => `test_plain_seconds_bucket{le="${le}"} ${counts[index]}`),
      `test_plain_seconds_sum ${sum}`,
      `test_plain_seconds_count ${counts[2]}`,
    ];
    expect(await linesOf('test_plain_seconds')).toEqual(lines([0, 0, 0], 0));
    // A bound belongs to its bucket.
    for (const seconds of [0.25, 0.3, 1, 2]) durations.observe({}, seconds);
    expect(await linesOf('test_plain_seconds')).toEqual(lines([2, 3, 4], 3.55));
  });

  it('counts a combination of labels above the maximum under that of the surplus', async () => {
    const durations = boundedHistogram({
      name: 'test_bounded_seconds',
      help: 'Test.',
      labels: { route: 'any', status: 'any' },
      buckets: [0.3, 1],
      maximumCombinations: 2,
      surplus: ({ status }) => ({ route: 'other', status }),
    });
    for (let client = 0; client < 50; client += 1)
      durations.observe({ route: `/${client}`, status: client % 2 ? '200' : '404' }, 0.5);
    durations.observe({ route: '/0', status: '404' }, 0.5);
    expect(await linesOf('test_bounded_seconds_count')).toEqual([
      'test_bounded_seconds_count{route="/0",status="404"} 2',
      'test_bounded_seconds_count{route="/1",status="200"} 1',
      'test_bounded_seconds_count{route="other",status="404"} 24',
      'test_bounded_seconds_count{route="other",status="200"} 24',
    ]);
  });

  it('never replaces a reserved combination', async () => {
    const durations = boundedHistogram({
      name: 'test_reserved_seconds',
      help: 'Test.',
      labels: { status: 'any' },
      buckets: [1],
      maximumCombinations: 2,
      surplus: () => ({ status: 'other' }),
      isReserved: ({ status }) => status === '503',
    });
    for (const status of ['400', '401', '404', '503']) durations.observe({ status }, 0.5);
    expect(await linesOf('test_reserved_seconds_count')).toEqual(
      ['400', '401', 'other', '503'].map((status) => `test_reserved_seconds_count{status="${status}"} 1`),
    );
  });

  it('does not confuse values that are equal when they are joined', async () => {
    const durations = boundedHistogram({
      name: 'test_joined_seconds',
      help: 'Test.',
      labels: { a: 'any', b: 'any' },
      buckets: [1],
      maximumCombinations: 10,
      surplus: () => ({ a: 'other', b: 'other' }),
    });
    durations.observe({ a: 'x', b: 'yz' }, 1);
    durations.observe({ a: 'xy', b: 'z' }, 1);
    expect(await linesOf('test_joined_seconds_count')).toHaveLength(2);
  });

  it('keeps the trace ID of a sampled request as the exemplar of its bucket', async () => {
    const durations = boundedHistogram({
      name: 'test_exemplar_seconds',
      help: 'Test.',
      labels: { outcome: 'any' },
      buckets: [0.3, 1],
      maximumCombinations: 10,
      surplus: () => ({ outcome: 'other' }),
    });
    durations.observe({ outcome: 'ok' }, 0.1);
    durations.observe({ outcome: 'ok' }, 0.5, '0af7651916cd43dd8448eb211c80319c');
    expect(await linesOf('test_exemplar_seconds_bucket', openMetrics)).toEqual([
      'test_exemplar_seconds_bucket{le="0.3",outcome="ok"} 1',
      expect.stringMatching(
        /^test_exemplar_seconds_bucket\{le="1",outcome="ok"\} 2 # \{trace_id="0af7651916cd43dd8448eb211c80319c"\} 0\.5 \d+(\.\d+)?$/,
      ),
      'test_exemplar_seconds_bucket{le="+Inf",outcome="ok"} 2',
    ]);
    expect((await linesOf('test_exemplar_seconds_bucket')).join()).not.toContain('#');
  });
});

describe('sampledTraceId', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';

  it.each([
    ['01', traceId],
    ['00', undefined],
  ])('of a trace with the flags %s is %s', (flags, expected) => {
    expect(runInTrace(`00-${traceId}-b7ad6b7169203331-${flags}`, sampledTraceId)).toBe(expected);
  });

  it('is undefined outside a trace', () => {
    expect(sampledTraceId()).toBeUndefined();
  });
});
