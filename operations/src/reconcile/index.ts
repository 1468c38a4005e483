export { othersAfter } from './others-after';
export { reconcile } from './reconcile';
export type { StateSources } from './reconcile';
export type { ReconcileReport, InvariantReport } from './tally';
