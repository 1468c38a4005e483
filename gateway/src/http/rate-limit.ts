import { AppError } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import { counter } from '@shop/kit/metrics';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type GatewaySettings, rateQuotas } from '../config';
import { type RateLimitResult, TokenBuckets } from '../limits/token-buckets';
import { clientNetwork } from './client-network';

/** Requested by load balancers and orchestrators, which take a rejection for a failed process. */
const operationalRoutes: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

type Policy = 'client' | 'all';

const rejections = counter({
  name: 'http_requests_rate_limited_total',
  help: 'Requests rejected with 429, by the policy whose quota was used up.',
  labels: { policy: ['client', 'all'] },
});

/**
 * Rejects requests above the quota of a client, or of all clients together, with 429 before the body
 * is read. Responses have RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers).
 * Each process counts its own requests, because the limit protects the process. Preflights and URLs
 * that cannot be decoded are not counted: they cost no more than a rejection.
 */
export function limitRates(app: FastifyInstance, settings: GatewaySettings, logger: Logger): void {
  const { client, all } = rateQuotas(settings);
  const clients = new TokenBuckets(client);
  const allClients = new TokenBuckets(all);
  const policies = `"client";q=${client.requests};w=${client.seconds}, "all";q=${all.requests};w=${all.seconds}`;
  const warnAboutProxy = proxyWarning(settings, logger);

  /** A request beyond the client's quota does not use the common quota. */
  function take(client: string): { policy: Policy; taken: RateLimitResult } {
    const own = clients.take(client);
    if (!own.isAllowed) return { policy: 'client', taken: own };
    const shared = allClients.take('');
    if (shared.isAllowed) return { policy: 'client', taken: own };
    clients.release(client);
    return { policy: 'all', taken: shared };
  }

  app.addHook('onRequest', (request, reply, done) => {
    if (operationalRoutes.has(request.routeOptions.url ?? '')) return done();
    warnAboutProxy(request);
    const { policy, taken } = take(clientNetwork(request.ip));
    void reply
      .header('ratelimit-policy', policies)
      .header('ratelimit', `"${policy}";r=${taken.remaining};t=${taken.restoredInSeconds}`);
    if (taken.isAllowed) return done();
    rejections.inc({ policy });
    const { retryAfterSeconds } = taken;
    return done(new AppError('rate_limited', messages[policy], { retryAfterSeconds }));
  });
}

const messages: Readonly<Record<Policy, string>> = {
  client: 'Too many requests from your network: reduce the rate, and wait for the time given.',
  all: 'Too many requests of all clients together: wait for the time given.',
};

/** Warns once if all clients of a proxy are counted as one, which is probably a mistake. */
function proxyWarning({ TRUST_PROXY }: GatewaySettings, logger: Logger): (request: FastifyRequest) => void {
  let isLogged = TRUST_PROXY.length > 0;
  return ({ headers, ip }) => {
    if (isLogged || headers['x-forwarded-for'] === undefined) return;
    isLogged = true;
    logger.warn('requests have X-Forwarded-For, but no proxy is trusted: set TRUST_PROXY', {
      proxy: ip,
    });
  };
}
