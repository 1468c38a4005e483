import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pathOf, type RouteMethods } from '../http/route-methods';
import { RestProblem } from './problem';
import { sendProblem } from './send-problem';

/**
 * Answers requests that match no route, before the body is read: 405 with Allow if the path is known,
 * else 404. A path with an empty parameter, such as `/v1/products/`, is unknown.
 */
export function answerUnmatched(app: FastifyInstance, methods: RouteMethods): void {
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
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
    if (isUnmatched) answer(request, reply);
    else done();
  });
  // Without a not-found handler, hooks do not run for unknown paths.
  app.setNotFoundHandler(answer);
}

function unknownPath(path: string, methods: RouteMethods): RestProblem {
  const withoutSlash = path.replace(/\/+$/, '');
  const isKnown = withoutSlash !== path && methods.allowedAt(withoutSlash).length > 0;
  const detail = isKnown
    ? `The path ${path} does not exist: use ${withoutSlash}, without the trailing slash.`
    : 'This path does not exist.';
  return new RestProblem('not_found', detail);
}

/** For `createHttpServer`: no hook runs for such a request, so its ID is set here. */
export function respondToUnreadableUrl(
  _error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  void reply.header('x-request-id', request.id);
  const detail = 'The path of the URL is not percent-encoded UTF-8.';
  sendProblem(request, reply, new RestProblem('bad_request', detail));
}
