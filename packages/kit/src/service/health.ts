import type { FastifyInstance } from 'fastify';
import type { Logger } from '../logger';

export interface Health {
  /** From now on /readyz answers 503, so that no new work is sent here. */
  drain(): void;
}

/** /healthz: the process lives. /readyz: it can work; 503 while `checkReady` throws and while draining. */
export function addHealth(app: FastifyInstance, checkReady: () => Promise<void>, logger: Logger): Health {
  let draining = false;
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    if (draining) return reply.code(503).send({ status: 'draining' });
    try {
      await checkReady();
      return { status: 'ready' };
    } catch (error) {
      logger.warn('not ready', { error });
      return reply.code(503).send({ status: 'not ready' });
    }
  });
  return {
    drain() {
      draining = true;
    },
  };
}
