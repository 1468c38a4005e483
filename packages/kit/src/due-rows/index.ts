export { createDuePoller } from './start-due-rows';
export type { DuePoller, DueRowsOptions } from './start-due-rows';
export type { DueRow, DueTable } from './due-table';
