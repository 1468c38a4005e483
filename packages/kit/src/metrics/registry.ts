import {
  collectDefaultMetrics,
  Counter,
  type CounterConfiguration,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  type Metric,
  Registry,
} from 'prom-client';

/** The metrics of this process. */
const registry = new Registry();

/**
 * Returns the counter with this name, and registers it at the first call, so several servers in one
 * process share it. `gauge` and `histogram` do the same.
 */
export function counter<Label extends string>(shape: CounterConfiguration<Label>): Counter<Label> {
  return registered(shape.name, () => new Counter({ ...shape, registers: [registry] }));
}

export function gauge<Label extends string>(shape: GaugeConfiguration<Label>): Gauge<Label> {
  return registered(shape.name, () => new Gauge({ ...shape, registers: [registry] }));
}

export function histogram<Label extends string>(shape: HistogramConfiguration<Label>): Histogram<Label> {
  return registered(shape.name, () => new Histogram({ ...shape, registers: [registry] }));
}

export function forgetMetric(name: string): void {
  registry.removeSingleMetric(name);
}

/** All metrics as Prometheus text. */
export async function exposition(): Promise<{ contentType: string; text: string }> {
  return { contentType: registry.contentType, text: await registry.metrics() };
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

function registered<M extends Metric>(name: string, create: () => M): M {
  return (registry.getSingleMetric(name) as M | undefined) ?? create();
}
