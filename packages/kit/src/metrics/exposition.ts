import {
  type Metric,
  type MetricObjectWithValues,
  type MetricValue,
  type OpenMetricsContentType,
  type PrometheusContentType,
  Registry,
} from 'prom-client';
import { registry } from './registry';

export interface Exposition {
  contentType: string;
  text: string;
}

/** What prom-client does not declare: a histogram has another, cheaper form for the text. */
interface ReadableMetric {
  name: string;
  type: string;
  get(): Promise<MetricObjectWithValues<MetricValue<string>>>;
  getForPromString?(): Promise<MetricObjectWithValues<MetricValue<string>>>;
}

/**
 * All metrics as text: OpenMetrics, which has the exemplars, if the Accept header names it, else
 * Prometheus text.
 *
 * @param accept of the scraper, as Prometheus sends it
 */
export async function exposition(accept = ''): Promise<Exposition> {
  const isOpenMetrics = /\bapplication\/openmetrics-text\b/.test(accept);
  const view = new Registry<OpenMetricsContentType | PrometheusContentType>();
  if (isOpenMetrics) view.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of registry.getMetricsAsArray() as unknown as ReadableMetric[]) {
    const viewed = isOpenMetrics ? inOpenMetrics(metric) : metric;
    view.registerMetric(viewed as unknown as Metric);
  }
  return { contentType: view.contentType, text: await view.metrics() };
}

/**
 * A view of the metric, so that the metric itself keeps its name: `Registry.metrics` renames counters
 * for OpenMetrics (it removes `_total`), for good, so the next scrape as Prometheus text would have
 * other names.
 */
function inOpenMetrics(metric: ReadableMetric): ReadableMetric {
  const name = metric.type === 'counter' ? metric.name.replace(/_total$/, '') : metric.name;
  const get = async () => ({ ...(await (metric.getForPromString?.() ?? metric.get())), name });
  return { name, type: metric.type, get };
}
