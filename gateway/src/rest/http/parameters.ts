import { maximumNamedErrors } from '@shop/kit/errors';
import { isIdempotencyKey } from '@shop/kit/idempotency';
import { z } from 'zod';
import { currency } from '../shapes/shape';
import { RestProblem } from './problem';

/** Decimal digits; what comes out is a number that `schema` accepts. */
function integer(schema: z.ZodInt) {
  return z
    .string()
    .regex(/^-?\d{1,16}$/, 'must be an integer')
    .transform(Number)
    .pipe(schema);
}

/** Case-insensitive. */
export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.enum(values));
}

export const priceCents = integer(z.int());

export const flag = z
  .string()
  .regex(/^(true|false)$/, 'must be true or false')
  .transform((text) => text === 'true')
  .pipe(z.boolean());

export const currencyParameter = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(currency);

export const pageParameters = {
  limit: integer(z.int().min(1).max(100)).default(20).describe('Size of the page.'),
  cursor: z.string().min(1).optional().describe('`page.next_cursor` of the page before.'),
};

/** @throws RestProblem bad_request naming every parameter that is unknown or ill-typed */
export function readQuery<Query extends z.ZodObject>(schema: Query, query: unknown): z.output<Query> {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap(describe).slice(0, maximumNamedErrors);
  throw new RestProblem('bad_request', problems.join(' '));
}

function describe(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => `The query parameter "${name}" is unknown here.`);
  }
  return [`The query parameter "${String(issue.path[0])}" is not valid: ${issue.message}.`];
}

/**
 * The header Idempotency-Key, as a structured-field string ("…", draft-ietf-httpapi-idempotency-key-header) or bare, as many
 * clients send it.
 *
 * @throws RestProblem bad_request when it is not 1 to 128 printable ASCII characters
 */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const key = typeof header === 'string' ? unquote(header) : '';
  if (isIdempotencyKey(key)) return key;
  throw new RestProblem('bad_request', 'Idempotency-Key must be 1 to 128 printable ASCII characters.');
}

function unquote(header: string): string {
  const quoted = /^"(.*)"$/.exec(header)?.[1];
  return quoted === undefined ? header : quoted.replace(/\\(["\\])/g, '$1');
}

/**
 * The Link header (RFC 8288) of a page: the same list, starting at the next cursor. Empty on the last
 * page.
 *
 * @param query the parsed query string, so that the link encodes it correctly
 */
export function nextLink(
  path: string,
  query: Readonly<Record<string, string>>,
  nextCursor: string | null,
): { link?: string } {
  if (nextCursor === null) return {};
  const parameters = new URLSearchParams({ ...query, cursor: nextCursor });
  return { link: `<${path}?${parameters.toString()}>; rel="next"` };
}
