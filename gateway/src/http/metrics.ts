import { addMetricsRoute, measureRequests, type MetricsServer, serveMetrics } from '@shop/kit/service';
import type { Logger } from '@shop/kit/logger';
import type { FastifyInstance } from 'fastify';
import type { GatewaySettings } from '../config';

/** Serves /metrics with everything else, or on a port of its own where one is set. */
export async function exposeMetrics(
  app: FastifyInstance,
  settings: GatewaySettings,
  logger: Logger,
): Promise<MetricsServer> {
  const { HOST: host, METRICS_PORT: port } = settings;
  if (port !== undefined) return serveMetrics(app, { host, port, limits: settings, logger });
  measureRequests(app);
  addMetricsRoute(app);
  return { close: () => Promise.resolve() };
}
