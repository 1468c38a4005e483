import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
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
  await app.register(helmet, {
    // For responses other than pages; each page sets its own policy.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    crossOriginEmbedderPolicy: false,
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

function allowedOrigins({ CORS_ORIGINS, NODE_ENV }: GatewaySettings): (string | RegExp)[] | '*' {
  if (CORS_ORIGINS.includes('*')) return '*';
  return NODE_ENV === 'production' ? CORS_ORIGINS : [...CORS_ORIGINS, ...sandboxOrigins, localOrigin];
}
