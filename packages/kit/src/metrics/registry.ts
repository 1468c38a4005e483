import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  type Metric,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';

/** The metrics of this process. */
export const registry = new Registry();

/** A metric with what docs/metrics.md says about it. */
export interface MetricShape<Label extends string> {
  name: string;
  help: string;
  /** The values that each label can have: a list, or a description of them. */
  labels?: Readonly<Record<Label, string | readonly string[]>>;
  /** When a process has the metric, if not always. */
  condition?: string;
}

export interface HistogramShape<Label extends string> extends MetricShape<Label> {
  /** Upper bounds, ascending. */
  buckets: readonly number[];
}

/** The metrics that the loaded modules define, by name. */
const shapes = new Map<string, MetricShape<string>>();

/**
 * Registers a counter; if the name is registered already, returns that one, so several servers in
 * one process share it. `gauge` and `histogram` do the same. Call them when the module is loaded:
 * the generator of docs/metrics.md loads the modules and starts nothing.
 */
export function counter<Label extends string = never>(shape: MetricShape<Label>): Counter<Label> {
  return registered(shape, (options) => {
    const created = new Counter(options);
    // Prometheus does not see the first increment of a series that did not exist before.
    const [label, another] = options.labelNames;
    const values = label === undefined ? undefined : shape.labels?.[label];
    if (label !== undefined && another === undefined && typeof values === 'object')
      for (const value of values) created.inc({ [label]: value } as Record<Label, string>, 0);
    return created;
  });
}

export function gauge<Label extends string = never>(
  shape: MetricShape<Label>,
  collect?: (this: Gauge<Label>) => void | Promise<void>,
): Gauge<Label> {
  return registered(shape, (options) => new Gauge({ ...options, ...(collect ? { collect } : {}) }));
}

export function histogram<Label extends string = never>(shape: HistogramShape<Label>): Histogram<Label> {
  return registered(shape, (options) => new Histogram({ ...options, buckets: [...shape.buckets] }));
}

/** Registers a histogram that is not prom-client's. */
export function registerReadable<Label extends string>(
  shape: HistogramShape<Label>,
  get: () => Promise<MetricObjectWithValues<MetricValue<string>>>,
): void {
  registered(shape, ({ name, help, labelNames }) => {
    const metric = { name, help, labelNames, type: 'histogram', get } as unknown as Metric<Label>;
    registry.registerMetric(metric);
    return metric;
  });
}

/** Records a metric that is registered later. */
export function document(shape: MetricShape<string>): void {
  shapes.set(shape.name, shape);
}

export function forgetMetric(name: string): void {
  registry.removeSingleMetric(name);
}

/**
 * Milliseconds between two samples of the event loop. The metrics `nodejs_eventloop_lag_*_seconds`,
 * but not `nodejs_eventloop_lag_seconds`, include it. Measured on an idle process: 10 ms, the
 * default, costs 4.7 ms of CPU per second; 25 ms 1.9; 50 ms 1.0.
 */
export const eventLoopSamplingMs = 50;

let hasProcessMetrics = false;

/** Adds memory, CPU, event loop and garbage collection. */
export function measureProcess(): void {
  if (hasProcessMetrics) return;
  hasProcessMetrics = true;
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopSamplingMs });
}

export interface DescribedMetric {
  name: string;
  type: string;
  help: string;
  /** Label names, with their values if they are documented. */
  labels: Readonly<Record<string, string>>;
  condition?: string | undefined;
}

/** The values of labels that prom-client adds. */
const nodeLabels: Readonly<Record<string, string>> = {
  kind: 'minor, major, incremental, weakcb',
  space: 'heap spaces of V8',
  type: 'types of the resources of Node.js',
  version: 'version of Node.js',
  major: 'its major version',
  minor: 'its minor version',
  patch: 'its patch version',
};

/** What prom-client does not declare. */
type OpenMetric = Metric & { name: string; help: string; type: string; labelNames: string[] };

/** Every metric that the loaded modules define, sorted by name. */
export function describeMetrics(): DescribedMetric[] {
  measureProcess();
  const described = new Map<string, DescribedMetric>();
  for (const { name, help, labels = {}, condition } of shapes.values()) {
    const texts = Object.entries(labels).map(
      ([label, values]) => [label, typeof values === 'string' ? values : values.join(', ')] as const,
    );
    described.set(name, { name, type: 'gauge', help, labels: Object.fromEntries(texts), condition });
  }
  for (const metric of registry.getMetricsAsArray() as unknown as OpenMetric[]) {
    const { name, type, help, labelNames } = metric;
    const known = described.get(name);
    const labels =
      known?.labels ?? Object.fromEntries(labelNames.map((label) => [label, nodeLabels[label] ?? '']));
    described.set(name, { name, type, help, labels, condition: known?.condition });
  }
  return [...described.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function registered<Label extends string, M extends Metric<Label>>(
  shape: MetricShape<Label>,
  create: (options: { name: string; help: string; labelNames: Label[]; registers: Registry[] }) => M,
): M {
  const { name, help, labels } = shape;
  const known = registry.getSingleMetric(name) as M | undefined;
  if (known) return known;
  document(shape);
  const labelNames = Object.keys(labels ?? {}) as Label[];
  return create({ name, help, labelNames, registers: [registry] });
}
