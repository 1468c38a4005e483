import { join } from 'node:path';
import { serviceNames, subgraphNames, workspaceRoot, type ServiceName } from '../services';
import type { StackPlan } from './stack-plan';

/** Settings of the stack, which services do not inherit; nor the names of files with their values. */
const stackSettings = new RegExp(
  `^(PORT|HOST|METRICS_PORT|DATA_DIR|ADMIN_EMAIL|ADMIN_PASSWORD|SEED_PRODUCTS|DATABASE_URL|DATABASE_SESSION_URL|(${subgraphNames
    .join('|')
    .toUpperCase()})_(PORT|DATABASE_URL|DATABASE_SESSION_URL|URL))(_FILE)?$`,
);

/** Settings of the payment subgraph only, including secrets. */
const paymentSettings = /^(STRIPE|SIMULATOR)_/;

/** Node's compile cache; it makes a warm start a second faster. */
const compileCache = join(workspaceRoot, 'node_modules', '.cache', 'node-compile-cache');

/**
 * The environment of one service's process (the first if `replica` is left out), or of its migrate
 * or seed program.
 */
export function environmentOf(service: ServiceName, plan: StackPlan, replica = 0): NodeJS.ProcessEnv {
  const { env, keys, ports, urls, host } = plan;
  return {
    ...without(env, service === 'payment' ? [stackSettings] : [stackSettings, paymentSettings]),
    NODE_COMPILE_CACHE: compileCache,
    LOG_FORMAT: 'json',
    HOST: service === 'gateway' ? host : '127.0.0.1',
    PORT: String(ports[service][replica]),
    JWKS_URL: `${urls.user}/.well-known/jwks.json`,
    SERVICE_KEY_FILE: keys.keyFileOf(service),
    SERVICE_TRUST_FILE: keys.trustFile,
    ...peerUrls(plan),
    ...metricsPort(service, replica, plan),
    ...(service === 'gateway'
      ? {}
      : databaseUrlsOf(plan.databaseUrls[service], plan.databaseSessionUrls[service])),
    ...(service === 'user' ? { SIGNING_KEYS_DIR: plan.signingKeysDir } : {}),
    ...(service === 'payment' ? simulatorWebhooks(plan) : {}),
    ...plan.serviceEnv[service],
  };
}

/** Settings of the seed program only. */
export function seedEnvironmentOf(service: ServiceName, plan: StackPlan): NodeJS.ProcessEnv {
  const { admin, seedProducts } = plan;
  return {
    ...environmentOf(service, plan),
    ...(service === 'user' ? { ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password } : {}),
    ...(service === 'product' ? { SEED_PRODUCTS: String(seedProducts) } : {}),
  };
}

/** The environment of a subgraph's program that needs only its database. */
export function databaseEnvironmentOf(
  env: NodeJS.ProcessEnv,
  url: string,
  sessionUrl: string | undefined,
): NodeJS.ProcessEnv {
  const inherited = { ...without(env, [stackSettings]), NODE_COMPILE_CACHE: compileCache };
  return { ...inherited, ...databaseUrlsOf(url, sessionUrl) };
}

function databaseUrlsOf(url: string, sessionUrl: string | undefined): NodeJS.ProcessEnv {
  return { DATABASE_URL: url, ...(sessionUrl === undefined ? {} : { DATABASE_SESSION_URL: sessionUrl }) };
}

/** The simulator sends webhooks to the gateway, like any other provider. */
function simulatorWebhooks({ env, serviceEnv, urls, webhookSecretFile }: StackPlan): NodeJS.ProcessEnv {
  const { SIMULATOR_WEBHOOK_SECRET: secret, SIMULATOR_WEBHOOK_SECRET_FILE: file } = {
    ...env,
    ...serviceEnv.payment,
  };
  return {
    ...(secret || file ? {} : { SIMULATOR_WEBHOOK_SECRET_FILE: webhookSecretFile }),
    SIMULATOR_WEBHOOK_URL: env['SIMULATOR_WEBHOOK_URL'] ?? `${urls.gateway}/v1/payments/webhooks/simulator`,
  };
}

function without(env: NodeJS.ProcessEnv, patterns: readonly RegExp[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !patterns.some((pattern) => pattern.test(name))),
  );
}

/**
 * If METRICS_PORT is set, the gateway has it and the subgraphs the next ports, followed by further
 * replicas in the same order.
 */
function metricsPort(
  service: ServiceName,
  replica: number,
  { env: { METRICS_PORT: first }, metricsPorts }: StackPlan,
): NodeJS.ProcessEnv {
  if (!first) {
    const port = replica === 0 ? metricsPorts[service] : undefined;
    if (port === undefined) return {};
    return { METRICS_PORT: String(port), ...(service === 'gateway' ? { METRICS_PUBLIC: 'true' } : {}) };
  }
  const offset = first === '0' ? 0 : replica * serviceNames.length + serviceNames.indexOf(service);
  return { METRICS_PORT: String(Number(first) + offset) };
}

function peerUrls(plan: StackPlan): NodeJS.ProcessEnv {
  return Object.fromEntries(
    subgraphNames.map((name) => [`${name.toUpperCase()}_URL`, `${plan.urls[name]}/graphql`]),
  );
}
