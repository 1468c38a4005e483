export { counter, eventLoopSamplingMs, gauge, histogram } from './registry';
export { registerGauges, type ScrapedGauges } from './scraped-gauges';
