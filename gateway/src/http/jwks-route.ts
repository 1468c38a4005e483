import { AppError } from '@shop/kit/errors';
import type { FastifyInstance } from 'fastify';
import { request } from 'undici';

const freshMs = 10_000;
const timeoutMs = 2_000;

/** /.well-known/jwks.json: the user subgraph's public keys, so that others can verify access tokens. */
export function addJwksRoute(app: FastifyInstance, jwksUrl: string): void {
  let known: { document: unknown; fetchedAtMs: number } | undefined;

  app.get('/.well-known/jwks.json', async (_request, reply) => {
    if (!known || performance.now() - known.fetchedAtMs > freshMs) {
      const document = await fetchJwks(jwksUrl).catch((cause: unknown) => {
        // The last good keys are better than none: they change seldom and long before they are used.
        if (known) return known.document;
        throw new AppError('upstream_unavailable', 'The keys cannot be read just now.', {
          cause,
          retryAfterSeconds: 1,
        });
      });
      known = { document, fetchedAtMs: performance.now() };
    }
    return reply.header('cache-control', 'public, max-age=60').send(known.document);
  });
}

async function fetchJwks(url: string): Promise<unknown> {
  const answer = await request(url, { signal: AbortSignal.timeout(timeoutMs) });
  const document = await answer.body.json();
  if (answer.statusCode !== 200) throw new Error(`JWKS: HTTP ${answer.statusCode}`);
  return document;
}
