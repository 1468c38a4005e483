import { AppError, genericErrors } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import { noteUnexpectedError } from '@shop/kit/telemetry';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from '../../http/route-methods';
import type { RouteMethods } from '../../http/route-methods';
import { isProblemCode } from '../shapes/problem-types';
import { RestProblem, sendProblem } from './problem';

/** For Fastify's `setErrorHandler`: every error becomes problem+json; an unexpected one is logged, not shown. */
export function createErrorHandler(logger: Logger) {
  return (error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = problemOf(error, request);
    if (problem.code === 'internal') {
      noteUnexpectedError(error);
      logger.error('request failed', { error, requestId: request.id });
    }
    return sendProblem(request, reply, problem);
  };
}

function problemOf(error: Error, request: FastifyRequest): RestProblem {
  if (error instanceof RestProblem) return error;
  if (error instanceof AppError && isProblemCode(error.code)) {
    return new RestProblem(error.code, error.message, { retryAfterSeconds: error.retryAfterSeconds });
  }
  const { statusCode } = error as FastifyError;
  if (statusCode === 413) {
    return new RestProblem(
      'payload_too_large',
      `The body is larger than ${request.routeOptions.bodyLimit} bytes.`,
    );
  }
  if (statusCode === 415) {
    return new RestProblem('unsupported_media_type', 'The Content-Type is not a media type.');
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new RestProblem('bad_request', error.message);
  }
  return new RestProblem('internal', genericErrors.internal.message);
}

/**
 * Rejects requests that match no route, before the body is read: 405 with Allow if the path is known,
 * else 404. A path with an empty parameter, such as `/v1/products/`, is unknown.
 */
export function rejectUnmatched(app: FastifyInstance, methods: RouteMethods): void {
  const reject = (request: FastifyRequest, reply: FastifyReply) => {
    const path = pathOf(request.url);
    const allowed = methods.allowedAt(path);
    // A wildcard route takes the method and may still have nothing at the path.
    if (allowed.length === 0 || allowed.includes(request.method))
      return sendProblem(request, reply, unknownPath(path, methods));
    void reply.header('allow', allowed.join(', '));
    const detail = `${request.method} is not allowed for this path: use ${allowed.join(', ')}.`;
    return sendProblem(request, reply, new RestProblem('method_not_allowed', detail));
  };
  app.addHook('onRequest', (request, reply, done) => {
    const isUnmatched = request.is404 || Object.values(request.params as object).includes('');
    if (isUnmatched) reject(request, reply);
    else done();
  });
  // Without a not-found handler, hooks do not run for unknown paths.
  app.setNotFoundHandler(reject);
}

function unknownPath(path: string, methods: RouteMethods): RestProblem {
  const withoutSlash = path.replace(/\/+$/, '');
  const isKnown = withoutSlash !== path && methods.allowedAt(withoutSlash).length > 0;
  const detail = isKnown
    ? `The path ${path} does not exist: use ${withoutSlash}, without the trailing slash.`
    : 'This path does not exist.';
  return new RestProblem('not_found', detail);
}
