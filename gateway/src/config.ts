import { join } from 'node:path';
import { loadConfig, peerUrl, serviceEnvironment } from '@shop/kit/config';
import { z } from 'zod';
import type { Quota } from './limits/token-buckets';

const milliseconds = z.coerce.number().int().min(1).max(600_000);
const limit = z.coerce.number().int().min(1).max(100_000);
const requests = z.coerce.number().int().min(1).max(1_000_000_000);
/** Separated by commas. */
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  );

const namedNetwork = z.enum(['loopback', 'linklocal', 'uniquelocal']);
const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6(), namedNetwork], {
  error: 'addresses and networks of proxies, such as 10.0.0.0/8, loopback, separated by commas',
});

export const schema = z.object({
  ...serviceEnvironment,
  ACCESS_LOG_SAMPLE: serviceEnvironment.ACCESS_LOG_SAMPLE.default(1),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  USER_URL: peerUrl.default('http://127.0.0.1:4001/graphql'),
  PRODUCT_URL: peerUrl.default('http://127.0.0.1:4002/graphql'),
  ORDER_URL: peerUrl.default('http://127.0.0.1:4003/graphql'),
  PAYMENT_URL: peerUrl.default('http://127.0.0.1:4004/graphql'),
  /** For all queries to subgraphs of a client request together; then the response is partial. */
  SUBGRAPH_QUERY_TIMEOUT_MS: milliseconds.default(1_200),
  /** For a mutation at a subgraph. */
  SUBGRAPH_TIMEOUT_MS: milliseconds.default(5_000),
  /** Maximum concurrent requests to each subgraph; further requests wait within their time limit. */
  SUBGRAPH_CONNECTIONS: z.coerce.number().int().min(1).max(10_000).default(64),
  /** Maximum waiting requests to each subgraph; further requests fail immediately. */
  SUBGRAPH_WAITING: z.coerce.number().int().min(0).max(100_000).default(1_000),
  /** Limits of a client's operation; larger operations are rejected before they are planned. */
  GRAPHQL_MAX_TOKENS: limit.default(1_000),
  /** Fields and fragments, with all fragments expanded. */
  GRAPHQL_MAX_SELECTIONS: limit.default(1_000),
  GRAPHQL_MAX_DEPTH: limit.default(10),
  GRAPHQL_MAX_ALIASES: limit.default(15),
  GRAPHQL_MAX_ROOT_FIELDS: limit.default(5),
  GRAPHQL_MAX_DIRECTIVES: limit.default(20),
  /** Maximum cost of an operation by @cost and @listSize; `measure` rejects nothing. */
  GRAPHQL_MAX_COST: z.coerce.number().int().min(1).default(15_000),
  GRAPHQL_COST_MODE: z.enum(['measure', 'enforce']).default('enforce'),
  /**
   * Maximum concurrent operations with a password hash (login, register); further ones wait 2 to 4 s.
   * At least the hashing slots of all user processes divided by the number of gateway processes, else
   * the user processes are idle.
   */
  SIGN_INS_AT_ONCE: limit.default(4),
  /** Maximum waiting operations with a password hash; further ones are rejected with Retry-After. */
  SIGN_INS_WAITING: z.coerce.number().int().min(0).max(100_000).default(200),
  /** Quotas of one client and of all clients, for each process. Defaults: see `rateQuotas`. */
  RATE_LIMIT_CLIENT_REQUESTS: requests.optional(),
  RATE_LIMIT_ALL_REQUESTS: requests.optional(),
  RATE_LIMIT_WINDOW_SECONDS: z.coerce.number().int().min(1).max(3_600).default(10),
  /**
   * For operations that are not in PERSISTED_OPERATIONS_FILE: `log` logs them, `safelist` rejects
   * them. Default: `log` with NODE_ENV=production, else `off`.
   */
  PERSISTED_OPERATIONS: z.enum(['off', 'log', 'safelist']).optional(),
  PERSISTED_OPERATIONS_FILE: z.string().default(join(__dirname, '..', 'persisted-operations.json')),
  /**
   * `on`: this process reuses responses of anonymous queries of the catalogue for the time in
   * `@cacheControl`; clients and proxies may do the same with responses to GET.
   */
  RESPONSE_CACHE: z.enum(['on', 'off']).default('off'),
  /** Redis or Valkey for documents that clients register, so that every gateway process has them. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  /** `true`: serves /metrics on PORT as well as on METRICS_PORT; never in production. */
  METRICS_PUBLIC: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true'),
  /** The composed supergraph; reloaded when the file changes. */
  SUPERGRAPH_FILE: z.string().default(join(__dirname, '..', 'supergraph.graphql')),
  /**
   * Addresses and networks of the proxies whose X-Forwarded-For is used. Default: none, so that a
   * client cannot choose its address. A number of proxies would not be enough: a client that bypasses
   * them would be trusted.
   */
  TRUST_PROXY: list.pipe(z.array(network)),
  /** Origins of web pages that may call this API; `*` for every page. */
  CORS_ORIGINS: list,
});

export type GatewaySettings = z.infer<typeof schema>;

/** @throws ConfigError naming every invalid setting */
export function loadSettings(env: NodeJS.ProcessEnv = process.env): GatewaySettings {
  return loadConfig({ service: 'gateway', schema, env });
}

/** Outside production the default quotas are so high that load tests do not reach them. */
export function rateQuotas(settings: GatewaySettings): { client: Quota; all: Quota } {
  const seconds = settings.RATE_LIMIT_WINDOW_SECONDS;
  const perSecond =
    settings.NODE_ENV === 'production' ? { client: 100, all: 2_000 } : { client: 10_000, all: 200_000 };
  return {
    client: { requests: settings.RATE_LIMIT_CLIENT_REQUESTS ?? perSecond.client * seconds, seconds },
    all: { requests: settings.RATE_LIMIT_ALL_REQUESTS ?? perSecond.all * seconds, seconds },
  };
}

/** By default @apollo/gateway sends telemetry every hour and probes cloud metadata at its start. */
export function disableApolloTelemetry(): void {
  process.env['APOLLO_TELEMETRY_DISABLED'] = '1';
}

/** The GraphQL endpoints of the subgraphs, by name in the supergraph. */
export function subgraphUrls(settings: GatewaySettings): ReadonlyMap<string, string> {
  return new Map([
    ['user', settings.USER_URL],
    ['product', settings.PRODUCT_URL],
    ['order', settings.ORDER_URL],
    ['payment', settings.PAYMENT_URL],
  ]);
}
