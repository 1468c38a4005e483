export { reconcile } from './reconcile';
export type { FactSources } from './reconcile';
export type { Findings, InvariantFinding } from './tally';
