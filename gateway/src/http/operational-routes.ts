import { serviceVersion } from '@shop/kit/config';
import type { Logger } from '@shop/kit/logger';
import { addMetricsRoute, measureRequests, type MetricsServer, serveMetrics } from '@shop/kit/service';
import type { FastifyInstance } from 'fastify';
import type { GatewaySettings } from '../config';
import type { SubgraphProbes } from '../subgraphs/subgraph-probes';
import type { SupergraphState } from '../supergraph/supergraph';

export interface GatewayHealth {
  probes: SubgraphProbes;
  supergraph: () => SupergraphState;
  isDraining: () => boolean;
}

/**
 * /healthz: the process is running; its version and the hash of the supergraph in use. /readyz: 503
 * until every subgraph was ready once, naming those that were not, and while the process drains. A
 * later failure of a subgraph or a rejected supergraph does not change 200, because the rest of the
 * graph is served.
 */
export function addHealthRoutes(app: FastifyInstance, health: GatewayHealth): void {
  const version = serviceVersion();
  app.get('/healthz', () => ({ status: 'ok', version, schema_hash: health.supergraph().version }));
  app.get('/readyz', (_request, reply) => {
    const subgraphs = health.probes.states();
    if (health.isDraining()) return reply.code(503).send({ status: 'draining', subgraphs });
    const missing = Object.keys(subgraphs).filter((name) => subgraphs[name] === 'unknown');
    if (missing.length > 0) return reply.code(503).send({ status: 'not ready', missing, subgraphs });
    return reply.send({ status: 'ready', subgraphs, supergraph: health.supergraph() });
  });
}

/**
 * Serves /metrics: in production only on a separate port; else on the main port, unless METRICS_PORT
 * is set.
 */
export async function exposeMetrics(
  app: FastifyInstance,
  settings: GatewaySettings,
  logger: Logger,
): Promise<Pick<MetricsServer, 'close'>> {
  const { METRICS_PORT: port, METRICS_PUBLIC: isAlsoPublic } = settings;
  const isProduction = settings.NODE_ENV === 'production';
  measureRequests(app);
  if (!isProduction && (isAlsoPublic || port === undefined)) addMetricsRoute(app, logger);
  if (!isProduction && port === undefined) return { close: async () => undefined };
  return serveMetrics({ settings, logger });
}
