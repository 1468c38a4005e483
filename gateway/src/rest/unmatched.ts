import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from '../http/request-path';
import type { RouteMethods } from '../http/route-methods';
import { RestProblem } from './problem';
import { sendProblem } from './send-problem';

/**
 * Answers what no route takes, before a body is read: 405 with Allow where the path is known, else 404. An empty parameter, as in
 * `/v1/products/`, is a path that no route has.
 */
export function answerUnmatched(app: FastifyInstance, methods: RouteMethods): void {
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    const path = pathOf(request.url);
    const allowed = methods.allowedAt(path);
    if (allowed.length === 0) return sendProblem(request, reply, unknownPath(path, methods));
    void reply.header('allow', allowed.join(', '));
    const detail = `${request.method} is not possible here, but ${allowed.join(', ')}.`;
    return sendProblem(request, reply, new RestProblem('method_not_allowed', detail));
  };
  app.addHook('onRequest', (request, reply, done) => {
    const isUnmatched = request.is404 || Object.values(request.params as object).includes('');
    if (isUnmatched) answer(request, reply);
    else done();
  });
  // Without it the hooks would not run for a path that no route has.
  app.setNotFoundHandler(answer);
}

/** For OPTIONS of a path that no route has. */
export function unknownPath(path: string, methods: RouteMethods): RestProblem {
  const withoutSlash = path.replace(/\/+$/, '');
  const isKnown = withoutSlash !== path && methods.allowedAt(withoutSlash).length > 0;
  const detail = isKnown
    ? `There is nothing at ${path}: the address is ${withoutSlash}, without a slash at the end.`
    : 'There is nothing at this address.';
  return new RestProblem('not_found', detail);
}

/** For `createHttpServer`: such a request meets no hook, so its id is set here. */
export function answerUnreadableUrl(
  _error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  void reply.header('x-request-id', request.id);
  const detail = 'The address is not a path in percent-encoded UTF-8.';
  sendProblem(request, reply, new RestProblem('bad_request', detail));
}
