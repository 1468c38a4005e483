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
    for (const one of [method].flat()) methods.add(one);
    methodsByPattern.set(url, methods);
  });
  return {
    allowedAt(path) {
      // Cannot throw: the router has already decoded the path.
      const asked = decodeURI(path).split('/');
      const matching = [...methodsByPattern].filter(([pattern]) => isMatch(pattern.split('/'), asked));
      return [...new Set(matching.flatMap(([, methods]) => [...methods]))].sort();
    },
  };
}

function isMatch(pattern: readonly string[], asked: readonly string[]): boolean {
  if (pattern.at(-1) === '*') {
    const fixed = pattern.slice(0, -1);
    return isMatch(fixed, asked.slice(0, fixed.length)) && asked.slice(fixed.length).join('/') !== '';
  }
  return (
    pattern.length === asked.length &&
    pattern.every((part, index) => (part.startsWith(':') ? asked[index] !== '' : part === asked[index]))
  );
}
