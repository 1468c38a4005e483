import type { FastifyInstance } from 'fastify';
import { errorRegistry } from '../errors';
import type { Logger } from '../logger';

/** Errors that a route throws: refused requests are answered as such; what is ours to mend is logged and masked. */
export function maskUnexpectedErrors(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const { statusCode = 500 } = error;
    if (statusCode < 500) return reply.code(statusCode).send({ errors: [{ message: error.message }] });
    logger.error('request failed', { error, route: request.routeOptions.url });
    const { httpStatus, graphqlCode } = errorRegistry.internal;
    return reply
      .code(httpStatus)
      .send({ errors: [{ message: 'Internal error.', extensions: { code: graphqlCode } }] });
  });
}
