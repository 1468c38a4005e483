import type { FastifyInstance } from 'fastify';
import { outageOf } from '../database/outage';
import { AppError, graphqlCodeOf, isServerFault } from '../errors';
import type { Logger } from '../logger';
import { noteUnexpectedError } from '../telemetry';

const clientErrors: Readonly<Record<string, number | undefined>> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  payload_too_large: 413,
  unsupported_media_type: 415,
};

/** HTTP status of an AppError on an internal endpoint; other client errors are 400. */
export function httpStatusOf(code: string): number {
  return isServerFault(code) ? 503 : (clientErrors[code] ?? 400);
}

/** Error handler of all routes: unexpected errors are logged and masked, outages of the database are 503. */
export function maskUnexpectedErrors(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const code = error instanceof AppError ? error.code : undefined;
    const status = code === undefined ? (error.statusCode ?? 500) : httpStatusOf(code);
    if (status < 500) {
      const extensions = code === undefined ? {} : { extensions: { code: graphqlCodeOf(code) } };
      return reply.code(status).send({ errors: [{ message: error.message, ...extensions }] });
    }
    const outage = outageOf(error);
    if (outage) {
      const { message, retryAfterSeconds } = outage;
      logger.warn('request failed', {
        reason: message,
        cause: error.message,
        route: request.routeOptions.url,
      });
      const extensions = { code: graphqlCodeOf(outage.code), retryAfterSeconds };
      return reply
        .code(httpStatusOf(outage.code))
        .header('retry-after', String(retryAfterSeconds))
        .send({ errors: [{ message, extensions }] });
    }
    noteUnexpectedError(error);
    logger.error('request failed', { error, route: request.routeOptions.url });
    const extensions = { code: graphqlCodeOf('internal') };
    return reply.code(500).send({ errors: [{ message: 'Internal error.', extensions }] });
  });
}
