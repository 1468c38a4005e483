import { exposition } from './exposition';
import { counter, gauge, measureProcess } from './registry';

const openMetrics =
  'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

const requests = counter({ name: 'test_requests_total', help: 'Test.', labels: { kind: 'any' } });
gauge({ name: 'test_size_bytes', help: 'Test.' }).set(7);

const linesOf = (text: string, name: string) => text.split('\n').filter((line) => line.includes(name));

const inText = [
  '# HELP test_requests_total Test.',
  '# TYPE test_requests_total counter',
  'test_requests_total{kind="a"} 1',
];
const inOpenMetrics = [
  '# HELP test_requests Test.',
  '# TYPE test_requests counter',
  'test_requests_total{kind="a"} 1',
];

describe('exposition', () => {
  beforeAll(() => {
    measureProcess();
    requests.inc({ kind: 'a' });
  });

  it('is Prometheus text for a scraper that does not accept OpenMetrics', async () => {
    for (const accept of [undefined, '*/*', 'text/plain;version=0.0.4']) {
      const { contentType, text } = await exposition(accept);
      expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(linesOf(text, 'test_requests')).toEqual(inText);
    }
  });

  it('is OpenMetrics for a scraper that accepts it', async () => {
    const { contentType, text } = await exposition(openMetrics);
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(linesOf(text, 'test_requests')).toEqual(inOpenMetrics);
    expect(linesOf(text, 'test_size_bytes').at(-1)).toBe('test_size_bytes 7');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
  });

  // prom-client's own switch renames the counters for good.
  it('has the same names in each format, whatever was scraped before or is scraped concurrently', async () => {
    const [one, other] = await Promise.all([exposition(openMetrics), exposition()]);
    expect(linesOf(one.text, 'test_requests')).toEqual(inOpenMetrics);
    expect(linesOf(other.text, 'test_requests')).toEqual(inText);
    expect(linesOf((await exposition()).text, 'test_requests')).toEqual(inText);
  });

  it('has no counter whose name does not end in _total, which OpenMetrics would rename', async () => {
    const { text } = await exposition();
    const counters = [...text.matchAll(/^# TYPE (\S+) counter$/gm)].map(([, name]) => name);
    expect(counters).toContain('process_cpu_seconds_total');
    expect(counters.filter((name) => !name?.endsWith('_total'))).toEqual([]);
  });
});
