import { join } from 'node:path';
import { loadConfig, peerUrl, serviceEnvironment } from '@shop/kit/config';
import { z } from 'zod';
import { trustedProxies } from './trusted-proxies';

const milliseconds = z.coerce.number().int().min(1).max(600_000);

const schema = z.object({
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
