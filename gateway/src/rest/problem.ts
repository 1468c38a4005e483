import { genericErrors, maximumNamedErrors } from '@shop/kit/errors';
import type { GraphQLFormattedError } from 'graphql';
import { codeOfGraphqlCode, isProblemCode, type ProblemCode } from './problem-types';
import type { ProblemDetails } from './shapes/problem';

/** A failure on its way to the client; `send-problem.ts` makes problem+json of it. */
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
