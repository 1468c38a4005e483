export { reportAsMetrics } from './report-metrics';
export { reportAsText } from './report-text';
export { table } from './table';
