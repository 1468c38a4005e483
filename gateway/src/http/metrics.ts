import { addMetricsRoute, measureRequests, type MetricsServer, serveMetrics } from '@shop/kit/metrics';
import type { FastifyInstance } from 'fastify';

/** Serves /metrics with everything else, or on a port of its own where one is set. */
export async function exposeMetrics(
  app: FastifyInstance,
  { host, port }: { host: string; port: number | undefined },
): Promise<MetricsServer> {
  if (port !== undefined) return serveMetrics(app, { host, port });
  measureRequests(app);
  addMetricsRoute(app);
  return { close: () => Promise.resolve() };
}
