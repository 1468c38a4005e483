export { mergeSorted } from './merge-sorted';
export type { Snapshot } from './snapshot';
export { OperatorError, runOperator } from './run-operator';
export type { OperatorCommand, OperatorInput } from './run-operator';
export { factsCommand, tellFacts } from './tell-facts';
