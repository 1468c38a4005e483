export { createDuePoller } from './due-poller';
export type { DuePoller, DuePollerOptions } from './due-poller';
export type { DueRow, DueTable } from './due-table';
