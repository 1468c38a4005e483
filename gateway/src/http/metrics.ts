import { addMetricsRoute, measureRequests, type MetricsServer, serveMetrics } from '@shop/kit/metrics';
import type { FastifyInstance } from 'fastify';
import type { GatewaySettings } from '../config';

/** Serves /metrics with everything else, or on a port of its own where one is set. */
export async function exposeMetrics(app: FastifyInstance, settings: GatewaySettings): Promise<MetricsServer> {
  const { HOST: host, METRICS_PORT: port } = settings;
  if (port !== undefined) return serveMetrics(app, { host, port, limits: settings });
  measureRequests(app);
  addMetricsRoute(app);
  return { close: () => Promise.resolve() };
}
