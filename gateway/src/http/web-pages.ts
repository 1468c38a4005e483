import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';
import type { GatewaySettings } from '../config';
import { addAllowToOptions, type RouteMethods } from './route-methods';

const sandboxOrigins = ['https://studio.apollographql.com', 'https://sandbox.embed.apollographql.com'];
/** A frontend's development server. Names below localhost are local too (RFC 6761, section 6.3). */
const localOrigin = /^https?:\/\/((?:[a-z0-9-]+\.)*localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** Cross-origin access (CORS), and the security headers of responses. */
export async function protectWebPages(
  app: FastifyInstance,
  settings: GatewaySettings,
  methods: RouteMethods,
): Promise<void> {
  const headers = securityHeaders();
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
  addAllowToOptions(app, methods);
  await app.register(cors, {
    origin: allowedOrigins(settings),
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'etag',
      'idempotent-replayed',
      'link',
      'location',
      'ratelimit',
      'ratelimit-policy',
      'retry-after',
      'x-request-id',
    ],
    maxAge: 600,
    strictPreflight: false,
  });
}

/** Computed once by helmet: they are the same for all responses. Pages set their own policy. */
function securityHeaders(): Record<string, string> {
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    crossOriginEmbedderPolicy: false,
    // For browsers and plugins that are no longer in use.
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
    // Without effect on JSON and on pages that name no other origin.
    originAgentCluster: false,
    xDnsPrefetchControl: false,
  });
  const headers: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  };
  setHeaders({} as IncomingMessage, response as unknown as ServerResponse, (error) => {
    if (error instanceof Error) throw error;
  });
  return headers;
}

function allowedOrigins({ CORS_ORIGINS, NODE_ENV }: GatewaySettings): (string | RegExp)[] | '*' {
  if (CORS_ORIGINS.includes('*')) return '*';
  return NODE_ENV === 'production' ? CORS_ORIGINS : [...CORS_ORIGINS, ...sandboxOrigins, localOrigin];
}
