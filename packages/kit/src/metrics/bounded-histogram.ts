import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import { currentTrace } from '../telemetry';
import { type HistogramShape, registerReadable } from './registry';

export interface BoundedHistogramShape<Label extends string> extends HistogramShape<Label> {
  /** A further combination of label values is replaced by that of `surplus`. */
  maximumCombinations: number;
  /** Has few results. */
  surplus: (values: LabelValues<Label>) => LabelValues<Label>;
  /** Combinations that are never replaced and do not count; there must be few. Default: none. */
  isReserved?: (values: LabelValues<Label>) => boolean;
}

type LabelValues<Label extends string> = Readonly<Record<Label, string>>;

interface Exemplar {
  labelSet: { trace_id: string };
  value: number;
  /** Seconds since 1970. */
  timestamp: number;
}

/** What prom-client does not declare. */
type Sample = MetricValue<string> & { metricName: string; exemplar?: Exemplar | undefined };

/** The observations of one combination of label values; the last bucket has no upper bound. */
class Series {
  readonly counts: number[];
  readonly exemplars: (Exemplar | undefined)[];
  sum = 0;

  constructor(
    readonly values: LabelValues<string>,
    private readonly bounds: readonly number[],
  ) {
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
    this.exemplars = this.counts.map(() => undefined);
  }

  observe(seconds: number, traceId: string | undefined): void {
    let bucket = 0;
    while (bucket < this.bounds.length && seconds > this.bounds[bucket]!) bucket += 1;
    this.counts[bucket]! += 1;
    this.sum += seconds;
    if (traceId === undefined) return;
    const timestamp = Date.now() / 1_000;
    this.exemplars[bucket] = { labelSet: { trace_id: traceId }, value: seconds, timestamp };
  }

  samples(name: string): Sample[] {
    let count = 0;
    const buckets = this.counts.map((own, bucket) => {
      count += own;
      const le = this.bounds[bucket] ?? '+Inf';
      const labels = { le, ...this.values };
      return { metricName: `${name}_bucket`, labels, value: count, exemplar: this.exemplars[bucket] };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels: this.values, value: this.sum },
      { metricName: `${name}_count`, labels: this.values, value: count },
    ];
  }
}

/**
 * A histogram of durations whose number of series is limited, whatever clients send: each combination
 * of label values has one for each bucket and three more. prom-client's own histogram validates and
 * hashes the labels of each observation, which costs some microseconds.
 */
export interface BoundedHistogram<Label extends string> {
  /** @param traceId of a sampled trace, for the exemplar; see `sampledTraceId` */
  observe(values: LabelValues<Label>, seconds: number, traceId?: string): void;
}

export function boundedHistogram<Label extends string = never>(
  shape: BoundedHistogramShape<Label>,
): BoundedHistogram<Label> {
  const { name, help, buckets, maximumCombinations, surplus, isReserved = () => false } = shape;
  const labels = Object.keys(shape.labels ?? {}) as Label[];
  const all = new Map<string, Series>();
  /** The combinations that were not replaced. */
  let combinations = 0;

  function seriesOf(values: LabelValues<Label>): Series {
    const key = keyOf(values);
    const known = all.get(key);
    if (known) return known;
    if (isReserved(values)) return add(key, values);
    if (combinations < maximumCombinations) {
      combinations += 1;
      return add(key, values);
    }
    const replaced = surplus(values);
    const replacedKey = keyOf(replaced);
    return all.get(replacedKey) ?? add(replacedKey, replaced);
  }

  function keyOf(values: LabelValues<Label>): string {
    let key = '';
    for (const label of labels) key += `${values[label]}\n`;
    return key;
  }

  function add(key: string, values: LabelValues<Label>): Series {
    const series = new Series({ ...values }, buckets);
    all.set(key, series);
    return series;
  }

  registerReadable(shape, async () => {
    const values = [...all.values()].flatMap((series) => series.samples(name));
    return { name, help, type: 'histogram', values, aggregator: 'sum' } as unknown as MetricObjectWithValues<
      MetricValue<string>
    >;
  });
  // Without labels, the series exists from the start.
  if (labels.length === 0) seriesOf({} as LabelValues<Label>);
  return { observe: (values, seconds, traceId) => seriesOf(values).observe(seconds, traceId) };
}

/** The ID of the current trace if it is sampled, so that the trace can be found. */
export function sampledTraceId(): string | undefined {
  const trace = currentTrace();
  return trace?.sampled ? trace.traceId : undefined;
}
