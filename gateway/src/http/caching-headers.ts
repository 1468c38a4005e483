import type { FastifyReply } from 'fastify';

/**
 * Names of request headers. The gateway executes each request with a token: a cache between must not
 * answer it with the response to an anonymous request, which may be older.
 */
const alwaysVarying = ['accept-encoding', 'authorization'];

/**
 * Adds the headers of a response to GET that has an ETag.
 *
 * @param maxAgeSeconds for all callers; 0: the response must be revalidated before each use
 * @param varying names of further request headers on which the response depends
 */
export function addCachingHeaders(
  reply: FastifyReply,
  maxAgeSeconds: number,
  varying: readonly string[] = [],
): void {
  const vary = reply.getHeader('vary');
  void reply.headers({
    'cache-control': maxAgeSeconds > 0 ? `public, max-age=${maxAgeSeconds}` : 'no-cache',
    vary: [...(vary === undefined ? [] : [String(vary)]), ...alwaysVarying, ...varying].join(', '),
  });
}
