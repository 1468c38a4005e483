import type { FastifyInstance } from 'fastify';

/** The one list of which path has which methods: `Allow` of 405 and of OPTIONS come from it. */
export interface RouteMethods {
  /** Sorted; empty for a path that no route has. */
  allowedAt(path: string): string[];
}

/** Call it before the routes are added, because it learns them as they are. */
export function collectRouteMethods(app: FastifyInstance): RouteMethods {
  const methodsByPattern = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    // The route of @fastify/cors for all preflights.
    if (url === '*') return;
    const methods = methodsByPattern.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methodsByPattern.set(url, methods);
  });
  return {
    allowedAt(path) {
      // The router has decoded it as well, so this cannot fail.
      const asked = decodeURI(path).split('/');
      const matching = [...methodsByPattern].filter(([pattern]) => isMatch(pattern.split('/'), asked));
      return matching.flatMap(([, methods]) => [...methods]).sort();
    },
  };
}

function isMatch(pattern: readonly string[], asked: readonly string[]): boolean {
  return (
    pattern.length === asked.length &&
    pattern.every((part, index) => (part.startsWith(':') ? asked[index] !== '' : part === asked[index]))
  );
}
