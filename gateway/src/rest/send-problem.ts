import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from '../http/route-methods';
import type { RestProblem } from './problem';
import { type ProblemCode, problemTypes } from './problem-types';
import type { ProblemDocument } from './shapes/problem';

const defaultRetryAfterSeconds = 1;
/** Codes whose answers carry Retry-After. */
export const worthRetrying: ReadonlySet<ProblemCode> = new Set([
  'too_many_attempts',
  'rate_limited',
  'upstream_unavailable',
  'idempotency_in_progress',
]);

/** Answers with problem+json (RFC 9457) and the headers that belong to the status. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: RestProblem,
): FastifyReply {
  const { status, title } = problemTypes[problem.code];
  const document: ProblemDocument = {
    type: `/docs#${problem.code}`,
    title,
    status,
    detail: problem.message,
    instance: pathOf(request.url),
    code: problem.code,
    request_id: request.id,
    ...problem.details,
  };
  if (status === 401) void reply.header('www-authenticate', challenge(request, problem.code));
  if (worthRetrying.has(problem.code)) {
    void reply.header('retry-after', String(problem.retryAfterSeconds ?? defaultRetryAfterSeconds));
  }
  return reply.code(status).type('application/problem+json').send(document);
}

/** RFC 6750, section 3: the reason only where a token came. */
function challenge(request: FastifyRequest, code: ProblemCode): string {
  const refused = code === 'unauthenticated' && request.headers.authorization !== undefined;
  return refused ? 'Bearer error="invalid_token"' : 'Bearer';
}
