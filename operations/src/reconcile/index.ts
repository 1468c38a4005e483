export { othersAfter } from './others-after';
export { reconcile } from './reconcile';
export type { FactSources } from './reconcile';
export type { Findings, InvariantFinding } from './tally';
