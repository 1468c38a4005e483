export { findingsAsMetrics } from './findings-metrics';
export { findingsAsText } from './findings-text';
export { table } from './table';
