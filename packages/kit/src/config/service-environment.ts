import { z } from 'zod';

/** An address of a subgraph's GraphQL endpoint, for example http://127.0.0.1:4002/graphql. */
export const peerUrl = z.url({ protocol: /^https?$/ });

/** Settings that every process has; a service's own schema extends this shape. */
export const serviceEnvironment = {
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['error', 'warn', 'info', 'debug']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json'),
  /**
   * Equal warnings within this time are written as one line with a count; 0 writes every warning.
   */
  LOG_REPEAT_WINDOW_SECONDS: z.coerce.number().int().min(0).max(3_600).default(10),
  /**
   * Share of requests that have an access line, 0 to 1. Failed and slow requests always have one.
   * Default: 1 in the gateway, 0 in the subgraphs.
   */
  ACCESS_LOG_SAMPLE: z.coerce.number().min(0).max(1).default(0),
  /** A request that takes at least this long is slow. */
  ACCESS_LOG_SLOW_MS: z.coerce.number().int().min(0).max(600_000).default(1_000),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535),
  JWKS_URL: z.url().default('http://127.0.0.1:4001/.well-known/jwks.json'),
  JWT_ISSUER: z.string().default('supergraph-shop'),
  JWT_AUDIENCE: z.string().default('supergraph-shop'),
  /** URL of the ended sessions at the identity service; default: the origin of JWKS_URL. */
  REVOKED_SESSIONS_URL: z.url().optional(),
  /** Polling interval: access tokens of an ended session stay valid for about this long. */
  REVOKED_SESSIONS_POLL_MS: z.coerce.number().int().min(100).max(60_000).default(15_000),
  SERVICE_KEY_FILE: z.string(),
  SERVICE_TRUST_FILE: z.string(),
  /**
   * Port of /metrics; 0 selects any free port. If not set, the gateway serves it on 9464 in
   * production, else on PORT, and a subgraph does not serve it.
   */
  METRICS_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  /** Address on which METRICS_PORT listens; not that of HOST, which may be public. */
  METRICS_HOST: z.string().default('127.0.0.1'),
  /** Time limits for the headers, and for the whole request with its body; then 408. */
  HTTP_HEADERS_TIMEOUT_MS: z.coerce.number().int().min(100).max(600_000).default(10_000),
  HTTP_REQUEST_TIMEOUT_MS: z.coerce.number().int().min(100).max(600_000).default(30_000),
  /** Open client connections of a process; further ones are closed when they are accepted. */
  HTTP_MAX_CONNECTIONS: z.coerce.number().int().min(1).max(1_000_000).default(4_096),
  /**
   * How long a stopping process still accepts requests, until load balancers have removed it.
   * Default: 5,000 in production, else 0.
   */
  DRAIN_DELAY_MS: z.coerce.number().int().min(0).max(600_000).optional(),
  /** Maximum wait for jobs and requests in progress after that. */
  DRAIN_TIMEOUT_MS: z.coerce.number().int().min(0).default(10_000),
};

export type ServiceEnvironment = z.infer<z.ZodObject<typeof serviceEnvironment>>;

/** Directory of armed crash points; undefined in production and unless a test sets it. */
export function crashPointsDirectory(): string | undefined {
  return process.env['NODE_ENV'] === 'production' ? undefined : process.env['CRASH_POINTS_DIR'];
}

/**
 * The standard variables of OpenTelemetry (`OTEL_*`), which the telemetry of every process reads; they
 * are no settings of a service.
 */
export function openTelemetryEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}

/** SERVICE_VERSION, for example the tag of an image; default: the version of the packages. */
export function serviceVersion(): string {
  const { version } = require('../../package.json') as { version: string };
  return process.env['SERVICE_VERSION'] || version;
}
