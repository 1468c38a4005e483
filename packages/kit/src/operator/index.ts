export { mergeSorted } from './merge-sorted';
export type { Snapshot } from './snapshot';
export { OperatorError } from './operator-error';
export { runOperator } from './run-operator';
export type { OperatorCommand, OperatorInput } from './run-operator';
export { scopeParameters, wantedOrders } from './fact-scope';
export type { FactScope } from './fact-scope';
export { watermarkCommands } from './watermark-commands';
export { changesCommand, factsCommand, tellFacts } from './tell-facts';
