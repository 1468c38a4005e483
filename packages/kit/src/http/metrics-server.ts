import type { FastifyInstance } from 'fastify';
import type { Logger } from '../logger';
import { exposition, histogram, measureProcess } from '../metrics/registry';
import { type ConnectionLimits, createHttpServer } from './http-server';
import { maskUnexpectedErrors } from './unexpected-errors';

export interface MetricsServer {
  close(): Promise<void>;
}

/**
 * Measures every request of `app` and serves /metrics (Prometheus text) on a separate port, so that
 * it can be kept internal. 0 selects any free port.
 */
export async function serveMetrics(
  app: FastifyInstance,
  options: { host: string; port: number; limits: ConnectionLimits; logger: Logger },
): Promise<MetricsServer> {
  const { host, port, limits, logger } = options;
  measureRequests(app);
  const own = createHttpServer({ limits });
  maskUnexpectedErrors(own, logger);
  addMetricsRoute(own);
  await own.listen({ host, port });
  return { close: () => own.close() };
}

/** Adds /metrics to a server. */
export function addMetricsRoute(app: FastifyInstance): void {
  measureProcess();
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await exposition();
    return reply.type(contentType).send(text);
  });
}

/** Records the duration of requests by route, method and status. */
export function measureRequests(app: FastifyInstance): void {
  const duration = histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Time from the first byte of a request to the last byte of its response.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
  app.addHook('onResponse', (request, reply, done) => {
    // The route pattern, not the URL: each ID would create a time series.
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const labels = { route, method: request.method, status: String(reply.statusCode) };
    duration.observe(labels, reply.elapsedTime / 1_000);
    done();
  });
}
