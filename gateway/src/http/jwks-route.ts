import { AppError } from '@shop/kit/errors';
import { traceHeaders } from '@shop/kit/telemetry';
import type { FastifyInstance } from 'fastify';
import { request } from 'undici';

const cachedForMs = 10_000;
const timeoutMs = 2_000;

/** /.well-known/jwks.json: the user subgraph's public keys, with which others verify access tokens. */
export function addJwksRoute(app: FastifyInstance, jwksUrl: string): void {
  let cached: { document: unknown; fetchedAtMs: number } | undefined;

  app.get('/.well-known/jwks.json', async (_request, reply) => {
    if (!cached || performance.now() - cached.fetchedAtMs > cachedForMs) {
      const document = await fetchJwks(jwksUrl).catch((cause: unknown) => {
        // Earlier keys stay valid: a key is published long before it is used.
        if (cached) return cached.document;
        throw new AppError('upstream_unavailable', 'The public keys cannot be read at the moment.', {
          cause,
          retryAfterSeconds: 1,
        });
      });
      cached = { document, fetchedAtMs: performance.now() };
    }
    return reply.header('cache-control', 'public, max-age=60').send(cached.document);
  });
}

async function fetchJwks(url: string): Promise<unknown> {
  const { statusCode, body } = await request(url, {
    headers: { ...traceHeaders() },
    signal: AbortSignal.timeout(timeoutMs),
  });
  const document = await body.json();
  if (statusCode !== 200) throw new Error(`JWKS: HTTP ${statusCode}`);
  return document;
}
