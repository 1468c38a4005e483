import type { ReceivedSpan } from '@shop/testkit/otlp-receiver';
import type { Exemplar } from '../queries/prometheus-api';

export interface ExemplarCheck {
  exemplars: number;
  /** Those whose trace was received with a span of the request that was measured. */
  resolved: number;
  /** `service method route trace_id`, one for each service. */
  examples: readonly string[];
  /** Services without a resolved exemplar. */
  unresolvedServices: readonly string[];
}

export const requestDurations = 'http_server_request_duration_seconds_bucket';

/**
 * Looks for the trace of each exemplar of the durations of requests among the received spans. It
 * must contain a server span of the same service, method and route.
 */
export function resolveExemplars(
  exemplars: readonly Exemplar[],
  spans: readonly ReceivedSpan[],
  services: readonly string[],
): ExemplarCheck {
  const requests = new Set(
    spans
      .filter(({ kind }) => kind === 'server')
      .map(({ service, attributes, traceId }) =>
        requestKey({
          ...{ service, traceId },
          method: attributes['http.request.method'],
          route: attributes['http.route'],
        }),
      ),
  );
  const keys = exemplars.map(({ series, labels }) => ({
    service: series['service'] ?? '',
    key: requestKey({
      service: series['service'],
      method: series['method'],
      route: series['route'],
      traceId: labels['trace_id'],
    }),
  }));
  const resolved = keys.filter(({ key }) => requests.has(key));
  const firstOf = new Map(resolved.toReversed().map(({ service, key }) => [service, key]));
  return {
    exemplars: exemplars.length,
    resolved: resolved.length,
    examples: services.flatMap((service) => firstOf.get(service) ?? []),
    unresolvedServices: services.filter((service) => !firstOf.has(service)),
  };
}

const requestKey = (request: Record<'service' | 'method' | 'route' | 'traceId', unknown>) =>
  [request.service, request.method, request.route, request.traceId].map(String).join(' ');
