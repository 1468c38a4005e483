export type { TraceContext } from '../request-context';
export { standardMethods, traceRequests } from './request-trace';
export { inSpan, isRecording, noteUnexpectedError, type Span, startSpan } from './span';
export { telemetryShutdownMs } from './exporter-settings';
export { startTelemetry, type Telemetry } from './start-telemetry';
export {
  currentTrace,
  currentTraceparent,
  nearerPosition,
  runInTrace,
  runInTraceOf,
  traceHeaders,
} from './trace';
