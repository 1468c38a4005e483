import type { FastifyInstance } from 'fastify';
import type { SubgraphProbes } from './subgraph-probes';

export interface Health {
  /** The schema is loaded and operations can be executed. */
  schemaLoaded(): void;
  /** From now on /readyz answers 503, so that no new work is sent here. */
  drain(): void;
}

/**
 * /healthz: the process lives. /readyz: 503 naming what is missing until the schema is loaded and every subgraph has been ready
 * once. Later a subgraph may fail and this stays 200: the rest of the graph is still served.
 */
export function addHealthRoutes(app: FastifyInstance, probes: SubgraphProbes): Health {
  let hasSchema = false;
  let draining = false;
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    const subgraphs = probes.states();
    if (draining) return reply.code(503).send({ status: 'draining', subgraphs });
    const unseen = Object.keys(subgraphs).filter((name) => subgraphs[name] === 'unknown');
    const missing = [...(hasSchema ? [] : ['schema']), ...unseen];
    if (missing.length > 0) return reply.code(503).send({ status: 'not ready', missing, subgraphs });
    return reply.send({ status: 'ready', subgraphs });
  });
  return {
    schemaLoaded() {
      hasSchema = true;
    },
    drain() {
      draining = true;
    },
  };
}
