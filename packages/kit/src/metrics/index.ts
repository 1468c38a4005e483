export { counter, eventLoopSamplingMs, gauge, histogram } from './registry';
export { addMetricsRoute, measureRequests, serveMetrics } from './metrics-server';
export type { MetricsServer } from './metrics-server';
export { exposeGauges } from './scraped-gauges';
export type { ScrapedGauges } from './scraped-gauges';
