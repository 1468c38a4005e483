import type { FastifyInstance } from 'fastify';

/** The methods of each path; the source of `Allow` for 405 and OPTIONS. */
export interface RouteMethods {
  /** Sorted; empty for an unknown path. */
  allowedAt(path: string): string[];
}

/** Call before routes are added, because it uses an `onRoute` hook. */
export function collectRouteMethods(app: FastifyInstance): RouteMethods {
  const methodsByPattern = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    // @fastify/cors registers this route for all preflight requests.
    if (url === '*') return;
    const methods = methodsByPattern.get(url) ?? new Set();
    for (const name of [method].flat()) methods.add(name);
    methodsByPattern.set(url, methods);
  });
  return {
    allowedAt(path) {
      // Cannot throw: the router has already decoded the path.
      const parts = decodeURI(path).split('/');
      const matching = [...methodsByPattern].filter(([pattern]) => isMatch(pattern.split('/'), parts));
      return [...new Set(matching.flatMap(([, methods]) => [...methods]))].sort();
    },
  };
}

/** OPTIONS: 404 for unknown paths, else Allow. Call it before registering @fastify/cors. */
export function addAllowToOptions(app: FastifyInstance, methods: RouteMethods): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'OPTIONS') return done();
    const allowed = methods.allowedAt(pathOf(request.url));
    if (allowed.length === 0) return void reply.callNotFound();
    void reply.header('allow', allowed.join(', '));
    return done();
  });
}

/**
 * The path of a request target as the router reads it: without the part after `?` or `#`, and
 * without scheme and host if the target is in absolute form (RFC 9112, section 3.2.2).
 */
export function pathOf(url: string): string {
  const [path = ''] = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/, 1);
  return path === '' ? '/' : path;
}

function isMatch(pattern: readonly string[], parts: readonly string[]): boolean {
  if (pattern.at(-1) === '*') {
    const fixed = pattern.slice(0, -1);
    return isMatch(fixed, parts.slice(0, fixed.length)) && parts.slice(fixed.length).join('/') !== '';
  }
  return (
    pattern.length === parts.length &&
    pattern.every((part, index) => (part.startsWith(':') ? parts[index] !== '' : part === parts[index]))
  );
}
