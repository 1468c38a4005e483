/** What is not sent by then is lost: a collector that does not respond must not delay a restart. */
export const telemetryShutdownMs = 3_000;

export interface TelemetryOptions {
  /** `service.name`, unless OTEL_SERVICE_NAME is set. */
  service: string;
  /** `service.version`. */
  version: string;
  /** Called when a setting is invalid, or spans could not be exported. */
  warn: (message: string, fields?: object) => void;
}

/** From the standard variables; the exporter itself reads endpoint, headers and compression. */
export interface ExporterSettings {
  protocol: 'http/protobuf' | 'http/json';
  /** OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME are read by the SDK's own detector. */
  hasServiceName: boolean;
  /** Time limit of one export in milliseconds. */
  timeoutMs: number;
  /** Spans that wait for their export; further ones are dropped. */
  maxQueueSize: number;
  maxExportBatchSize: number;
  /** Longest time for which a span waits for others of its batch, in milliseconds. */
  delayMs: number;
}

/** Short, because a collector that does not respond holds the spans of the batch in memory. */
const defaultTimeoutMs = 3_000;
const protocols = ['http/protobuf', 'http/json'] as const;

/** @returns undefined if no exporter is configured, or telemetry is switched off */
export function readExporterSettings(
  env: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): ExporterSettings | undefined {
  const endpoint = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (!endpoint || env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return undefined;
  const exporters = (env['OTEL_TRACES_EXPORTER'] || 'otlp').split(',').map((name) => name.trim());
  if (exporters.includes('none')) return undefined;
  if (exporters.some((name) => name !== 'otlp'))
    warn('OTEL_TRACES_EXPORTER: only otlp and none are supported');
  if (!exporters.includes('otlp')) return undefined;
  const wanted =
    env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] || env['OTEL_EXPORTER_OTLP_PROTOCOL'] || protocols[0];
  const protocol = protocols.find((name) => name === wanted);
  if (!protocol) warn(`OTEL_EXPORTER_OTLP_PROTOCOL: only ${protocols.join(' and ')} are supported`);
  const timeout = env['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT'] ?? env['OTEL_EXPORTER_OTLP_TIMEOUT'];
  const maxQueueSize = positive(env['OTEL_BSP_MAX_QUEUE_SIZE'], 2_048);
  return {
    protocol: protocol ?? protocols[0],
    hasServiceName:
      !!env['OTEL_SERVICE_NAME'] || /(?:^|,)\s*service\.name=/.test(env['OTEL_RESOURCE_ATTRIBUTES'] ?? ''),
    timeoutMs: positive(timeout, defaultTimeoutMs),
    maxQueueSize,
    maxExportBatchSize: Math.min(maxQueueSize, positive(env['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'], 512)),
    delayMs: positive(env['OTEL_BSP_SCHEDULE_DELAY'], 5_000),
  };
}

/** Another value than a positive integer means the default, as the standard says. */
function positive(text: string | undefined, fallback: number): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : fallback;
}
