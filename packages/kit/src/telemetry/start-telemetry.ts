import { openTelemetryEnvironment } from '../config/service-environment';
import { passOn, samplerOf } from './sampler';
import { recordSpans } from './span';
import { readExporterSettings, type TelemetryOptions } from './exporter-settings';
import { useSampler } from './trace';

/** `shutdown` sends what is still buffered, for at most `telemetryShutdownMs`; it never rejects. */
export interface Telemetry {
  shutdown(): Promise<void>;
}

/**
 * Starts to record and export spans if an OTLP endpoint is set (`OTEL_*`). Without one nothing is
 * recorded and nothing of OpenTelemetry's SDK is loaded: the trace context of a request is in its
 * log entries and goes on to other services (W3C Trace Context).
 */
export function startTelemetry({ service, version, warn }: TelemetryOptions): Telemetry {
  const env = openTelemetryEnvironment();
  const settings = readExporterSettings(env, warn);
  if (!settings) return { shutdown: () => Promise.resolve() };
  // Loaded only when it is used: it takes a good part of a second and memory.
  const { startExporter } = require('./exporter') as typeof import('./exporter');
  const exporter = startExporter({ service, version, warn, settings });
  useSampler(samplerOf(env, warn));
  recordSpans(exporter.record);
  return {
    async shutdown() {
      recordSpans(undefined);
      useSampler(passOn);
      await exporter.shutdown();
    },
  };
}
