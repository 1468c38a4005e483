import { genericErrors, maximumNamedErrors } from '@shop/kit/errors';
import { currentTrace } from '@shop/kit/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { pathOf } from '../../http/route-methods';
import type { ProblemDetails, ProblemDocument } from '../shapes/problem';
import { codeOfGraphqlCode, isProblemCode, type ProblemCode, problemTypes } from '../shapes/problem-types';

/** A failure that `sendProblem` sends as problem+json. */
export class RestProblem extends Error {
  readonly details: ProblemDetails;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ProblemCode,
    detail: string,
    options: { details?: ProblemDetails; retryAfterSeconds?: number | undefined } = {},
  ) {
    super(detail);
    this.name = 'RestProblem';
    this.details = options.details ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** A member of a result union that is not the success. */
export interface ProblemMember {
  __typename: string;
  code: string;
  message: string;
  fields?: readonly { path: string; message: string }[];
  retryAfterSeconds?: number;
}

/** `details` adds what the facade shows with this code beside the message. */
export function problemOfMember(member: ProblemMember, details: ProblemDetails = {}): RestProblem {
  if (!isProblemCode(member.code)) return new RestProblem('internal', genericErrors.internal.message);
  const errors = member.fields
    ?.slice(0, maximumNamedErrors)
    .map(({ path, message }) => ({ path: snakeCase(path), message }));
  return new RestProblem(member.code, member.message, {
    details: { ...(errors ? { errors } : {}), ...details },
    retryAfterSeconds: member.retryAfterSeconds,
  });
}

/** The first error decides: the others follow from it or repeat it. */
export function problemOfErrors(errors: readonly GraphQLFormattedError[]): RestProblem {
  const [error] = errors;
  // A code of graphql's own (validation) means that the facade's operation is wrong, not the client's request.
  const code = codeOfGraphqlCode(error?.extensions?.['code']);
  if (!error || !code || code === 'internal')
    return new RestProblem('internal', genericErrors.internal.message);
  const retryAfterSeconds = error.extensions?.['retryAfterSeconds'];
  return new RestProblem(code, error.message, {
    retryAfterSeconds: typeof retryAfterSeconds === 'number' ? retryAfterSeconds : undefined,
  });
}

/** items.0.productId → items.0.product_id */
function snakeCase(path: string): string {
  return path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const defaultRetryAfterSeconds = 1;
/** Codes whose responses carry Retry-After. */
export const worthRetrying: ReadonlySet<ProblemCode> = new Set([
  'too_many_attempts',
  'rate_limited',
  'upstream_unavailable',
  'idempotency_in_progress',
]);

/** Sends problem+json (RFC 9457) and the headers that belong to the status. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: RestProblem,
): FastifyReply {
  const { status, title } = problemTypes[problem.code];
  const trace = currentTrace();
  const document: ProblemDocument = {
    type: `/docs#${problem.code}`,
    title,
    status,
    detail: problem.message,
    instance: pathOf(request.url),
    code: problem.code,
    request_id: request.id,
    ...(trace ? { trace_id: trace.traceId } : {}),
    ...problem.details,
  };
  if (status === 401) void reply.header('www-authenticate', challenge(request, problem.code));
  if (worthRetrying.has(problem.code)) {
    void reply.header('retry-after', String(problem.retryAfterSeconds ?? defaultRetryAfterSeconds));
  }
  return reply.code(status).type('application/problem+json').send(document);
}

/** RFC 6750, section 3: the reason only if a token was sent. */
function challenge(request: FastifyRequest, code: ProblemCode): string {
  const isInvalid = code === 'unauthenticated' && request.headers.authorization !== undefined;
  return isInvalid ? 'Bearer error="invalid_token"' : 'Bearer';
}
