import { context, propagation, trace } from '@opentelemetry/api';
import type { NodeSDK } from '@opentelemetry/sdk-node';
import { otlpEndpoint } from './config';

/** `shutdown` sends what is still buffered. */
export interface Telemetry {
  shutdown(): Promise<void>;
}

/**
 * Starts OpenTelemetry; call it before anything that is to be instrumented is loaded.
 * With OTEL_EXPORTER_OTLP_ENDPOINT set the whole SDK runs and exports. Without it nothing is recorded,
 * but trace context still arrives, shows in the logs and is passed on (W3C Trace Context).
 */
export function startTelemetry(service: string): Telemetry {
  return otlpEndpoint() ? startSdk(service) : startPropagation();
}

function startSdk(service: string): Telemetry {
  // Loaded only when it is used: the SDK with its exporters costs half a second of start-up.
  const { NodeSDK: Sdk } = require('@opentelemetry/sdk-node') as { NodeSDK: typeof NodeSDK };
  const { OTLPTraceExporter } =
    require('@opentelemetry/exporter-trace-otlp-http') as typeof import('@opentelemetry/exporter-trace-otlp-http');
  const { PgInstrumentation } =
    require('@opentelemetry/instrumentation-pg') as typeof import('@opentelemetry/instrumentation-pg');
  const sdk = new Sdk({
    serviceName: service,
    traceExporter: new OTLPTraceExporter(),
    instrumentations: [...httpInstrumentations(), new PgInstrumentation({ requireParentSpan: true })],
  });
  sdk.start();
  return { shutdown: () => sdk.shutdown() };
}

function startPropagation(): Telemetry {
  const { AsyncLocalStorageContextManager } =
    require('@opentelemetry/context-async-hooks') as typeof import('@opentelemetry/context-async-hooks');
  const { W3CTraceContextPropagator } =
    require('@opentelemetry/core') as typeof import('@opentelemetry/core');
  const { TracerProvider, AlwaysOffSampler } =
    require('@opentelemetry/sdk-trace') as typeof import('@opentelemetry/sdk-trace');
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new TracerProvider({ sampler: new AlwaysOffSampler() }));
  for (const instrumentation of httpInstrumentations()) instrumentation.enable();
  return { shutdown: () => Promise.resolve() };
}

function httpInstrumentations() {
  const { HttpInstrumentation } =
    require('@opentelemetry/instrumentation-http') as typeof import('@opentelemetry/instrumentation-http');
  const { UndiciInstrumentation } =
    require('@opentelemetry/instrumentation-undici') as typeof import('@opentelemetry/instrumentation-undici');
  return [new HttpInstrumentation(), new UndiciInstrumentation()];
}
