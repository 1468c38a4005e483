/**
 * The standard variable of OpenTelemetry; read here because telemetry starts before a service's own
 * settings.
 */
export function otlpEndpoint(): string | undefined {
  return process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
}
