import { join } from 'node:path';
import { loadConfig, peerUrl, serviceEnvironment } from '@shop/kit/config';
import { z } from 'zod';
import type { Quota } from './limits/token-buckets';
import { trustedProxies } from './trusted-proxies';

const milliseconds = z.coerce.number().int().min(1).max(600_000);
const limit = z.coerce.number().int().min(1).max(100_000);
const requests = z.coerce.number().int().min(1).max(1_000_000_000);

export const schema = z.object({
  ...serviceEnvironment,
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  USER_URL: peerUrl.default('http://127.0.0.1:4001/graphql'),
  PRODUCT_URL: peerUrl.default('http://127.0.0.1:4002/graphql'),
  ORDER_URL: peerUrl.default('http://127.0.0.1:4003/graphql'),
  PAYMENT_URL: peerUrl.default('http://127.0.0.1:4004/graphql'),
  /** Longest wait of a request for all that it reads from subgraphs. A client shows partial data rather than wait longer. */
  SUBGRAPH_QUERY_TIMEOUT_MS: milliseconds.default(1_200),
  /** Longest wait for a subgraph's answer to a mutation. */
  SUBGRAPH_TIMEOUT_MS: milliseconds.default(5_000),
  /** Calls under way to each subgraph; more wait for their turn within their time limit. */
  SUBGRAPH_CONNECTIONS: z.coerce.number().int().min(1).max(10_000).default(64),
  /** Calls to each subgraph that may wait for their turn; more fail at once. */
  SUBGRAPH_WAITING: z.coerce.number().int().min(0).max(100_000).default(1_000),
  /** The most that one operation of a client may be: whatever is larger is refused before it is planned. */
  GRAPHQL_MAX_TOKENS: limit.default(1_000),
  /** Fields and fragments, counted with all fragments expanded. */
  GRAPHQL_MAX_SELECTIONS: limit.default(1_000),
  GRAPHQL_MAX_DEPTH: limit.default(10),
  GRAPHQL_MAX_ALIASES: limit.default(15),
  GRAPHQL_MAX_ROOT_FIELDS: limit.default(5),
  GRAPHQL_MAX_DIRECTIVES: limit.default(20),
  /** The most that an operation may cost by @cost and @listSize; `measure` refuses nothing and only counts. */
  GRAPHQL_MAX_COST: z.coerce.number().int().min(1).default(15_000),
  GRAPHQL_COST_MODE: z.enum(['measure', 'enforce']).default('enforce'),
  /**
   * Operations with a password hash (login, register) that this process has begun at once; more wait for their turn, 2 to 4 s. At least as
   * many as the user processes hash at once, divided by the gateway processes: below that they idle.
   */
  SIGN_INS_AT_ONCE: limit.default(4),
  /** How many may wait; more are told to come again at once. */
  SIGN_INS_WAITING: z.coerce.number().int().min(0).max(100_000).default(200),
  /** Requests that one client, and all together, may make to this process in a window. Their defaults depend on NODE_ENV: `rateQuotas`. */
  RATE_LIMIT_CLIENT_REQUESTS: requests.optional(),
  RATE_LIMIT_ALL_REQUESTS: requests.optional(),
  RATE_LIMIT_WINDOW_SECONDS: z.coerce.number().int().min(1).max(3_600).default(10),
  /**
   * What happens to an operation of a client that is not in PERSISTED_OPERATIONS_FILE: nothing, it is logged, or it is refused. Left out:
   * logged with NODE_ENV=production, else nothing.
   */
  PERSISTED_OPERATIONS: z.enum(['off', 'log', 'safelist']).optional(),
  PERSISTED_OPERATIONS_FILE: z.string().default(join(__dirname, '..', 'persisted-operations.json')),
  /** The composed graph; a new content is taken while the process runs. */
  SUPERGRAPH_FILE: z.string().default(join(__dirname, '..', 'supergraph.graphql')),
  /** Whose X-Forwarded-For is believed. */
  TRUST_PROXY: trustedProxies,
  /** Origins of web pages that may call this API, separated by commas; `*` for every page. */
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((origin) => origin.trim())
        .filter(Boolean),
    ),
});

export type GatewaySettings = z.infer<typeof schema>;

/** @throws ConfigError naming every setting that is wrong */
export function loadSettings(env: NodeJS.ProcessEnv = process.env): GatewaySettings {
  return loadConfig({ service: 'gateway', schema, env });
}

/** Outside production they are so wide that only headers tell of them: who loads a laptop does it on purpose. */
export function rateQuotas(settings: GatewaySettings): { client: Quota; all: Quota } {
  const isProduction = settings.NODE_ENV === 'production';
  const seconds = settings.RATE_LIMIT_WINDOW_SECONDS;
  const ofClient = isProduction ? 100 * seconds : 10_000 * seconds;
  const ofAll = isProduction ? 2_000 * seconds : 200_000 * seconds;
  return {
    client: { requests: settings.RATE_LIMIT_CLIENT_REQUESTS ?? ofClient, seconds },
    all: { requests: settings.RATE_LIMIT_ALL_REQUESTS ?? ofAll, seconds },
  };
}

/** Unless told so, @apollo/gateway posts to its maker every hour and probes clouds at its start. */
export function disableApolloTelemetry(): void {
  process.env['APOLLO_TELEMETRY_DISABLED'] = '1';
}

/** The GraphQL endpoint of each subgraph, by its name in the supergraph. */
export function subgraphUrls(settings: GatewaySettings): ReadonlyMap<string, string> {
  return new Map([
    ['user', settings.USER_URL],
    ['product', settings.PRODUCT_URL],
    ['order', settings.ORDER_URL],
    ['payment', settings.PAYMENT_URL],
  ]);
}
