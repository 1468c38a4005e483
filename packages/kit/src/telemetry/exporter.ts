import { setTimeout as pause } from 'node:timers/promises';
import {
  type Context,
  createContextKey,
  diag,
  DiagLogLevel,
  type Link,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor, SamplingDecision } from '@opentelemetry/sdk-trace';
import type { TraceContext } from '../request-context';
import { allowedAttributes, allowedName } from './attributes';
import { type ExporterSettings, type TelemetryOptions, telemetryShutdownMs } from './exporter-settings';
import type { EndedSpan } from './span';

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** In the context of the spans that `record` makes. */
const isRecorded = createContextKey('recorded by @shop/kit');

/**
 * The SDK registers its provider globally. Libraries that use it, for example @apollo/gateway, make
 * no spans of their own: only those of `record` are sampled. The decision about them was taken when
 * the request arrived.
 */
const onlyRecorded = {
  shouldSample: (context: Context) => ({
    decision: context.getValue(isRecorded)
      ? SamplingDecision.RECORD_AND_SAMPLED
      : SamplingDecision.NOT_RECORD,
  }),
  toString: () => 'onlyRecorded',
};

/**
 * The only module that loads OpenTelemetry's SDK.
 *
 * @public required by start-telemetry.ts, which knip does not see
 */
export function startExporter({
  service,
  version,
  warn,
  settings,
}: TelemetryOptions & { settings: ExporterSettings }) {
  reportProblems(warn);
  const next = { traceId: '', spanId: '' };
  const sdk = new NodeSDK({
    sampler: onlyRecorded,
    // The IDs were given before the span existed: other services have them as their parent.
    idGenerator: { generateTraceId: () => next.traceId, generateSpanId: () => next.spanId },
    resource: resourceOf(service, version, settings),
    // Other detectors would add the command line and the name of the host.
    autoDetectResources: false,
    // The trace context travels in kit's request context and headers.
    textMapPropagator: null,
    metricReaders: [],
    logRecordProcessors: [],
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: createExporter(settings),
        exportTimeoutMillis: settings.timeoutMs,
        maxQueueSize: settings.maxQueueSize,
        maxExportBatchSize: settings.maxExportBatchSize,
        scheduledDelayMillis: settings.delayMs,
      }),
    ],
  });
  sdk.start();
  const tracer = trace.getTracer('@shop/kit', version);

  function record(ended: EndedSpan): void {
    const { traceId, spanId } = ended.trace;
    Object.assign(next, { traceId, spanId });
    const span = tracer.startSpan(
      allowedName(ended.name),
      {
        kind: kinds[ended.kind],
        startTime: ended.startMs,
        attributes: allowedAttributes(withError(ended)),
        links: ended.links.map((link): Link => ({ context: toSpanContext(link) })),
      },
      parentOf(ended).setValue(isRecorded, true),
    );
    if (ended.errorType !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(Math.max(ended.startMs, ended.endMs));
  }

  return {
    record,
    async shutdown(): Promise<void> {
      const limit = new AbortController();
      const timeout = pause(telemetryShutdownMs, undefined, { signal: limit.signal }).catch(() => undefined);
      await Promise.race([sdk.shutdown().catch(() => undefined), timeout]);
      trace.disable();
      limit.abort();
    },
  };
}

function withError({ attributes, errorType }: EndedSpan) {
  return errorType === undefined ? attributes : { ...attributes, 'error.type': errorType };
}

function parentOf({ trace: { traceId }, parentSpanId }: EndedSpan): Context {
  if (parentSpanId === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, toSpanContext({ traceId, spanId: parentSpanId, sampled: true }));
}

function toSpanContext({ traceId, spanId, sampled }: TraceContext): SpanContext {
  return { traceId, spanId, isRemote: true, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE };
}

function resourceOf(service: string, version: string, { hasServiceName }: ExporterSettings) {
  const own = { 'service.version': version, ...(hasServiceName ? {} : { 'service.name': service }) };
  const named = resourceFromAttributes({ 'service.namespace': 'shop', ...own });
  return named.merge(detectResources({ detectors: [envDetector] }));
}

/** Endpoint, headers, compression and TLS come from the standard variables. */
function createExporter({ protocol, timeoutMs }: ExporterSettings) {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? (require('@opentelemetry/exporter-trace-otlp-http') as typeof import('@opentelemetry/exporter-trace-otlp-http'))
      : (require('@opentelemetry/exporter-trace-otlp-proto') as typeof import('@opentelemetry/exporter-trace-otlp-proto'));
  return new OTLPTraceExporter({ timeoutMillis: timeoutMs });
}

const longestReason = 300;

function reportProblems(warn: TelemetryOptions['warn']): void {
  const report = (reason: string) =>
    warn('spans could not be exported', { reason: reason.slice(0, longestReason) });
  const ignore = () => undefined;
  diag.setLogger(
    { error: report, warn: report, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}
