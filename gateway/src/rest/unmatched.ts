import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RestProblem } from './problem';
import { sendProblem } from './send-problem';

/**
 * Answers what no route takes: 405 with Allow where the path is known, else 404. Call it before the routes are
 * added, because it learns them as they are.
 */
export function answerUnmatched(app: FastifyInstance): void {
  const methodsByPath = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    if (url === '*') return;
    const methods = methodsByPath.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methodsByPath.set(url, methods);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = allowedMethods(methodsByPath, path);
    if (allowed.length === 0) {
      return sendProblem(request, reply, new RestProblem('not_found', 'There is nothing at this address.'));
    }
    void reply.header('allow', allowed.join(', '));
    const detail = `${request.method} is not possible here, but ${allowed.join(', ')}.`;
    return sendProblem(request, reply, new RestProblem('method_not_allowed', detail));
  });
}

function allowedMethods(methodsByPath: ReadonlyMap<string, ReadonlySet<string>>, path: string): string[] {
  const asked = path.split('/');
  const matching = [...methodsByPath].filter(([pattern]) => isMatch(pattern.split('/'), asked));
  return matching.flatMap(([, methods]) => [...methods]).sort();
}

function isMatch(pattern: readonly string[], asked: readonly string[]): boolean {
  return (
    pattern.length === asked.length &&
    pattern.every((part, index) => (part.startsWith(':') ? asked[index] !== '' : part === asked[index]))
  );
}

/** For `createHttpServer`: such a request meets no hook, so its id is set here. */
export function answerUnreadableUrl(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('x-request-id', request.id);
  sendProblem(request, reply, unreadableUrl(error));
}

function unreadableUrl({ code }: FastifyError): RestProblem {
  // Longer than any id: what is no id is not found.
  if (code === 'FST_ERR_MAX_PARAM_LENGTH')
    return new RestProblem('not_found', 'There is nothing at this address.');
  return new RestProblem('bad_request', 'The address is not percent-encoded as it should be.');
}
