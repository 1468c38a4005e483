import { AppError, genericErrors } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { RestProblem } from './problem';
import { isProblemCode } from './problem-types';
import { sendProblem } from './send-problem';

/** For Fastify's `setErrorHandler`: every error becomes problem+json; an unexpected one is logged, not shown. */
export function answerFailure(logger: Logger) {
  return (error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = problemOf(error, request);
    if (problem.code === 'internal') logger.error('request failed', { error, requestId: request.id });
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
