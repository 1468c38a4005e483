import type { FastifyInstance } from 'fastify';
import type { Logger } from '../logger';

/**
 * /healthz: the process is running. /readyz: it is ready; 503 while `checkReady` throws and while
 * draining.
 */
export function addHealth(
  app: FastifyInstance,
  options: { checkReady: () => Promise<void>; isDraining: () => boolean; logger: Logger },
): void {
  const { checkReady, isDraining, logger } = options;
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    if (isDraining()) return reply.code(503).send({ status: 'draining' });
    try {
      await checkReady();
      return { status: 'ready' };
    } catch (error) {
      logger.warn('not ready', { error });
      return reply.code(503).send({ status: 'not ready' });
    }
  });
}
