import { AppError } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import { counter } from '@shop/kit/metrics';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type GatewaySettings, rateQuotas } from '../config';
import { type Taken, TokenBuckets } from '../limits/token-buckets';
import { clientNetwork } from './client-network';

/** Asked by the machines around this process; refused, they would take it for broken. */
const operationalRoutes: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

type Policy = 'client' | 'all';

/**
 * Refuses with 429 what one client, or all together, ask too often, before its body is read. Each answer tells in RateLimit and
 * RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers) what is left to this client. Each process counts its own: what is protected is
 * the process. Not counted is what costs no more than its refusal would: preflights, and addresses that cannot be decoded.
 */
export function limitRates(app: FastifyInstance, settings: GatewaySettings, logger: Logger): void {
  const { client, all } = rateQuotas(settings);
  const clients = new TokenBuckets(client);
  const allClients = new TokenBuckets(all);
  const policies = `"client";q=${client.requests};w=${client.seconds}, "all";q=${all.requests};w=${all.seconds}`;
  const refused = counter({
    name: 'http_requests_rate_limited_total',
    help: 'Requests refused with 429, by whose quota was used up.',
    labelNames: ['policy'],
  });
  const warnOfProxy = proxyWarning(settings, logger);

  /** A request beyond the client's quota does not use the common quota. */
  function take(client: string): { policy: Policy; taken: Taken } {
    const own = clients.take(client);
    if (!own.isAllowed) return { policy: 'client', taken: own };
    const shared = allClients.take('');
    if (shared.isAllowed) return { policy: 'client', taken: own };
    clients.putBack(client);
    return { policy: 'all', taken: shared };
  }

  app.addHook('onRequest', (request, reply, done) => {
    if (operationalRoutes.has(request.routeOptions.url ?? '')) return done();
    warnOfProxy(request);
    const { policy, taken } = take(clientNetwork(request.ip));
    void reply
      .header('ratelimit-policy', policies)
      .header('ratelimit', `"${policy}";r=${taken.remaining};t=${taken.restoredInSeconds}`);
    if (taken.isAllowed) return done();
    refused.inc({ policy });
    const { retryAfterSeconds } = taken;
    return done(new AppError('rate_limited', messages[policy], { retryAfterSeconds }));
  });
}

const messages: Readonly<Record<Policy, string>> = {
  client: 'Too many requests from your network: slow down, and wait for the time given.',
  all: 'Too many requests by all clients together: wait for the time given.',
};

/** Says once that the clients of a proxy are counted as one, which its operator can hardly want. */
function proxyWarning({ TRUST_PROXY }: GatewaySettings, logger: Logger): (request: FastifyRequest) => void {
  let isSaid = TRUST_PROXY.length > 0;
  return ({ headers, ip }) => {
    if (isSaid || headers['x-forwarded-for'] === undefined) return;
    isSaid = true;
    logger.warn('requests have X-Forwarded-For, and no proxy is trusted: see TRUST_PROXY', {
      proxy: ip,
    });
  };
}
