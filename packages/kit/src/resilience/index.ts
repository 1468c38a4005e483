export { CallFailure, type CallFailureKind } from './call-failure';
export { type CallOutcome, measureCall } from './call-metrics';
export { type Circuit, type CircuitStateName, createCircuit } from './guard';
export { equalJitterMs } from './jitter';
export {
  idleConnections,
  ServiceClient,
  type ServiceClientOptions,
  type ServiceRequest,
  type ServiceResponse,
} from './service-client';
