import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import type { GatewaySettings } from '../config';
import { answerOptions } from './options-requests';
import type { RouteMethods } from './route-methods';

const sandboxOrigins = ['https://studio.apollographql.com', 'https://sandbox.embed.apollographql.com'];
/** A frontend's development server, on whatever port. Names below localhost are of this machine too (RFC 6761, section 6.3). */
const localOrigin = /^https?:\/\/((?:[a-z0-9-]+\.)*localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** What pages of other origins may do here, and the headers that protect our own pages. */
export async function protectWebPages(
  app: FastifyInstance,
  settings: GatewaySettings,
  methods: RouteMethods,
): Promise<void> {
  await app.register(helmet, {
    // For what is no page. Each page brings its own: Sandbox loads its parts from its maker, the docs page from here alone.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    crossOriginEmbedderPolicy: false,
  });
  answerOptions(app, methods);
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
