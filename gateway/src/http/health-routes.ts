import type { FastifyInstance } from 'fastify';
import type { SupergraphState } from '../supergraph/supergraph';
import type { SubgraphProbes } from '../subgraphs/subgraph-probes';

/** What the process knows of itself. */
export interface GatewayHealth {
  probes: SubgraphProbes;
  /** Undefined until operations can be executed. */
  supergraph: () => SupergraphState | undefined;
  isDraining: () => boolean;
}

/**
 * /healthz: the process lives. /readyz: 503 naming what is missing until the schema is loaded and every subgraph has been ready
 * once. Later a subgraph may fail, or a new supergraph be refused, and this stays 200: the rest of the graph is still served.
 */
export function addHealthRoutes(app: FastifyInstance, health: GatewayHealth): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    const subgraphs = health.probes.states();
    const supergraph = health.supergraph();
    if (health.isDraining()) return reply.code(503).send({ status: 'draining', subgraphs });
    const unseen = Object.keys(subgraphs).filter((name) => subgraphs[name] === 'unknown');
    const missing = [...(supergraph ? [] : ['schema']), ...unseen];
    if (missing.length > 0) return reply.code(503).send({ status: 'not ready', missing, subgraphs });
    return reply.send({ status: 'ready', subgraphs, supergraph });
  });
}
