import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { RestProblem } from './problem';
import type { Route } from './route';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a route of the facade: what becomes of a request's body. */
    restBody?: 'none' | 'optional' | 'required';
  }
}

/**
 * Reads every body as JSON whatever its Content-Type says: curl says application/x-www-form-urlencoded unless told otherwise. Identity comes
 * in a header, never in a cookie, so this opens no cross-site request.
 */
export function readBodiesAsJson(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, text, done) => {
    const use = request.routeOptions.config.restBody ?? 'none';
    if (use === 'none' || (use === 'optional' && text.length === 0)) return done(null, undefined);
    return parseJson(request, text as string, (error, body) =>
      error ? done(unreadable()) : done(null, body),
    );
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
  const result = route.body.safeParse(given);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap(fieldErrors);
  throw new RestProblem('invalid_input', 'The fields named do not keep their rules.', {
    details: { errors },
  });
}

function fieldErrors(issue: z.core.$ZodIssue): { path: string; message: string }[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
  return issue.keys.map((key) => ({
    path: [...path, key].join('.'),
    message: 'There is no such member here.',
  }));
}
