import type { FastifyInstance } from 'fastify';
import { AppError, errorRegistry } from '../errors';
import type { Logger } from '../logger';

/** Error handler of all routes: unexpected errors are logged and masked. */
export function maskUnexpectedErrors(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const entry = error instanceof AppError ? errorRegistry[error.code] : undefined;
    const status = entry?.httpStatus ?? error.statusCode ?? 500;
    if (status < 500) {
      const extensions = entry ? { extensions: { code: entry.graphqlCode } } : {};
      return reply.code(status).send({ errors: [{ message: error.message, ...extensions }] });
    }
    logger.error('request failed', { error, route: request.routeOptions.url });
    const { httpStatus, graphqlCode } = errorRegistry.internal;
    return reply
      .code(httpStatus)
      .send({ errors: [{ message: 'Internal error.', extensions: { code: graphqlCode } }] });
  });
}
