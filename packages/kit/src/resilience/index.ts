export { CallFailure, type CallFailureKind } from './call-failure';
export { Callee, idleConnections, type CalleeAnswer, type CalleeOptions, type CalleeRequest } from './callee';
export type { CircuitStateName } from './circuit';
