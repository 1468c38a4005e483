import { familyOf, metricNamesIn } from './metric-names';

describe('metricNamesIn', () => {
  it.each([
    [
      'sum by (le, route) (rate(a_seconds_bucket{service="$service"}[$__rate_interval]))',
      ['a_seconds_bucket'],
    ],
    ['a_total offset 15m or on (service) 0 * b_total', ['a_total', 'b_total']],
    ['slo:failure_ratio:rate1h{slo="x"} > 14.4 * 0.001', ['slo:failure_ratio:rate1h']],
    ['absent(up{service="order"})', ['up']],
    ['time() - max(c_seconds)', ['c_seconds']],
  ])('%s', (expr, names) => {
    expect([...metricNamesIn(expr)]).toEqual(names);
  });

  it('rejects what is not PromQL', () => {
    expect(() => metricNamesIn('sum(rate(a_total[5m])')).toThrow('not PromQL');
  });
});

it('familyOf returns the name of a histogram', () => {
  expect(['a_seconds_bucket', 'a_seconds_sum', 'a_total'].map(familyOf)).toEqual([
    'a_seconds',
    'a_seconds',
    'a_total',
  ]);
});
