import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { serviceVersion } from '../config';
import type { Logger } from '../logger';

/** The start of the SHA-256 of a schema in SDL, by which operators compare deployed versions. */
export const hashOfSchema = (sdl: string): string =>
  createHash('sha256').update(sdl).digest('hex').slice(0, 12);

/**
 * /healthz: the process is running; its version and the hash of its schema. /readyz: it is ready;
 * 503 while `checkReady` throws and while draining.
 */
export function addHealth(
  app: FastifyInstance,
  options: {
    checkReady: () => Promise<void>;
    isDraining: () => boolean;
    /** See `hashOfSchema`. */
    schemaHash: string;
    logger: Logger;
  },
): void {
  const { checkReady, isDraining, schemaHash, logger } = options;
  const health = { status: 'ok', version: serviceVersion(), schema_hash: schemaHash };
  app.get('/healthz', () => health);
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
