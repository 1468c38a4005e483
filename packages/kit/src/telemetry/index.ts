export { startTelemetry } from './telemetry';
export type { Telemetry } from './telemetry';
export { currentTraceparent, runInTrace } from './trace-context';
export { continueTraces } from './trace-propagation';
