export { counter, eventLoopSamplingMs, gauge, histogram } from './registry';
export { addMetricsRoute, measureRequests, serveMetrics } from './metrics-server';
export type { MetricsServer } from './metrics-server';
export { registerGauges } from './scraped-gauges';
export type { ScrapedGauges } from './scraped-gauges';
