export { boundedHistogram, type BoundedHistogram, sampledTraceId } from './bounded-histogram';
export { exposition } from './exposition';
export { counter, describeMetrics, eventLoopSamplingMs, gauge, histogram } from './registry';
export { defineGauges, onFailedReadings, registerGauges, type ScrapedGauges } from './scraped-gauges';
