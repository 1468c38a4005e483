import type { Histogram } from 'prom-client';
import { currentTraceparent } from '../telemetry';
import { histogram, type HistogramShape } from './registry';

export interface BoundedHistogramShape<Label extends string> extends HistogramShape<Label> {
  /** A further combination of label values is replaced by that of `surplus`. */
  maximumCombinations: number;
  /** Has few results. */
  surplus: (values: Readonly<Record<Label, string>>) => Readonly<Record<Label, string>>;
}

/**
 * A histogram of durations whose number of series is limited, whatever clients send. A combination of
 * label values has a series for each bucket and three more.
 */
export interface BoundedHistogram<Label extends string> {
  /** @param traceId of a sampled trace, for the exemplar; see `sampledTraceId` */
  observe(values: Readonly<Record<Label, string>>, seconds: number, traceId?: string): void;
}

interface Child<Label extends string> {
  values: Record<Label, string>;
  series: Histogram.Internal<Label>;
}

export function boundedHistogram<Label extends string>(
  shape: BoundedHistogramShape<Label>,
): BoundedHistogram<Label> {
  const { maximumCombinations, surplus } = shape;
  const metric = histogram(shape);
  const labels = Object.keys(shape.labels ?? {}) as Label[];
  const children = new Map<string, Child<Label>>();

  function childOf(values: Readonly<Record<Label, string>>): Child<Label> {
    let key = '';
    for (const label of labels) key += `${values[label]}\n`;
    const known = children.get(key);
    if (known) return known;
    const used = children.size < maximumCombinations ? { ...values } : { ...surplus(values) };
    const child = { values: used, series: metric.labels(used) };
    // What clients invent is not kept.
    if (children.size < maximumCombinations) children.set(key, child);
    return child;
  }

  return {
    observe(values, seconds, traceId) {
      const child = childOf(values);
      if (traceId === undefined) return child.series.observe(seconds);
      // prom-client declares the labels of an exemplar as those of the metric.
      const exemplarLabels = { trace_id: traceId } as unknown as Record<Label, string>;
      metric.observe({ labels: child.values, value: seconds, exemplarLabels });
    },
  };
}

/** The ID of the current trace if it is sampled, so that the trace can be found. */
export function sampledTraceId(): string | undefined {
  // 00-<trace ID>-<span ID>-<flags>
  const [, traceId, , flags = '0'] = currentTraceparent()?.split('-') ?? [];
  return (Number.parseInt(flags, 16) & 1) === 1 ? traceId : undefined;
}
