import { maximumNamedErrors } from '@shop/kit/errors';
import { utf8Body } from '@shop/kit/service';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { RestProblem } from './problem';
import type { Route } from './route';

interface FieldError {
  path: string;
  message: string;
}

/** Of an array in a body. The subgraphs have limits of their own, which are not higher. */
export const maximumArrayLength = 100;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a route of the facade accepts a body. */
    restBody?: 'none' | 'optional' | 'required';
  }
}

/**
 * Parses every body as JSON, whatever its Content-Type: curl sends application/x-www-form-urlencoded
 * by default. Authentication uses a header, never a cookie, so this does not allow cross-site
 * request forgery.
 */
export function readBodiesAsJson(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, bytes, done) => {
    const text = utf8Body(bytes as Buffer);
    const use = request.routeOptions.config.restBody ?? 'none';
    if (use === 'none' || (use === 'optional' && text.length === 0)) return done(null, undefined);
    return parseJson(request, text, (error, body) => (error ? done(unreadable()) : done(null, body)));
  });
}

function unreadable(): RestProblem {
  return new RestProblem('bad_request', 'The body is not valid JSON.');
}

export function bodyUse(route: Route): 'none' | 'optional' | 'required' {
  if (!route.body) return 'none';
  return route.bodyIsOptional ? 'optional' : 'required';
}

/** @throws RestProblem bad_request for what is no JSON object, invalid_input naming each member of the wrong type */
export function readBody(route: Route, body: unknown): unknown {
  if (!route.body) return undefined;
  const given = body === undefined && route.bodyIsOptional ? {} : body;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new RestProblem('bad_request', 'The body must be a JSON object.');
  }
  // Checked first, so that the elements of an array that is too long are not validated.
  const tooLong = findLongArray(given);
  if (tooLong) throw invalidInput([tooLong]);
  const result = route.body.safeParse(given);
  if (result.success) return result.data;
  throw invalidInput(result.error.issues.flatMap(fieldErrors));
}

function invalidInput(errors: FieldError[]): RestProblem {
  const named = errors.slice(0, maximumNamedErrors);
  const detail = 'The fields named do not keep their rules.';
  const more = errors.length > named.length ? ` Only the first ${named.length} are named.` : '';
  return new RestProblem('invalid_input', detail + more, { details: { errors: named } });
}

/** Only checks members of the body: no route accepts nested arrays. */
function findLongArray(body: object): FieldError | undefined {
  for (const [path, value] of Object.entries(body)) {
    if (!Array.isArray(value) || value.length <= maximumArrayLength) continue;
    return { path, message: `must have at most ${maximumArrayLength} elements, not ${value.length}` };
  }
  return undefined;
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
  return issue.keys.map((key) => ({
    path: [...path, key].join('.'),
    message: 'There is no such member here.',
  }));
}
