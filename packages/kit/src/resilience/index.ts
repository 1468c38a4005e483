export { CallFailure, type CallFailureKind } from './call-failure';
export {
  ServiceClient,
  idleConnections,
  type ServiceResponse,
  type ServiceClientOptions,
  type ServiceRequest,
} from './service-client';
export { equalJitterMs } from './jitter';
export { createCircuit, type Circuit, type CircuitStateName } from './circuit';
