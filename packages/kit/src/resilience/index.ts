export { CallFailure, type CallFailureKind } from './call-failure';
export { Callee, idleConnections, type CalleeAnswer, type CalleeOptions, type CalleeRequest } from './callee';
export { equalJitterMs } from './jitter';
export { createCircuit, type Circuit, type CircuitStateName } from './circuit';
