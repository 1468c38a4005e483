import { createHttpServer } from '@shop/kit/service';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface MetricsServer {
  close(): Promise<void>;
}

/**
 * Measures every request of `app` and serves /metrics (Prometheus text): with everything else, or on a port of its own so that
 * only the network inside sees it.
 */
export async function serveMetrics(
  app: FastifyInstance,
  { host, port }: { host: string; port: number | undefined },
): Promise<MetricsServer> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  measureRequests(app, registry);
  if (port === undefined) {
    addMetricsRoute(app, registry);
    return { close: () => Promise.resolve() };
  }
  const own = createHttpServer();
  addMetricsRoute(own, registry);
  await own.listen({ host, port });
  return { close: () => own.close() };
}

function addMetricsRoute(app: FastifyInstance, registry: Registry): void {
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}

function measureRequests(app: FastifyInstance, registry: Registry): void {
  const duration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  app.addHook('onResponse', (request, reply, done) => {
    // The pattern, not the address: ids would make a time series each.
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const labels = { route, method: request.method, status: String(reply.statusCode) };
    duration.observe(labels, reply.elapsedTime / 1_000);
    done();
  });
}
