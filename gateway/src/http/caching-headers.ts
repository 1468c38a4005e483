import type { FastifyReply } from 'fastify';

/**
 * Adds the headers of a response to GET that has an ETag.
 *
 * @param maxAgeSeconds for all callers; 0: the response must be revalidated before each use
 */
export function addCachingHeaders(reply: FastifyReply, maxAgeSeconds: number): void {
  const vary = reply.getHeader('vary');
  void reply.headers({
    'cache-control': maxAgeSeconds > 0 ? `public, max-age=${maxAgeSeconds}` : 'no-cache',
    vary: vary === undefined ? 'accept-encoding' : `${String(vary)}, accept-encoding`,
  });
}
