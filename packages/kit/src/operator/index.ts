export {
  changesCommand,
  type ExportScope,
  exportState,
  exportStateCommand,
  scopeCondition,
  scopeParameters,
} from './export-state';
export { mergeSorted } from './merge-sorted';
export { OperatorError, parseArguments, parseLimit, parseOptions, RecordNotFound } from './options';
export { type OperatorCommand, type OperatorInput, runOperator } from './run-operator';
export { readRequests } from './read-requests';
export type { Snapshot } from './snapshot';
export { watermarkCommands } from './watermark';
