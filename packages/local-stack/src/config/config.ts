import { resolve } from 'node:path';
import { z } from 'zod';
import { loadConfig } from '@shop/kit/config';
import { type ServiceName, type SubgraphName, subgraphNames } from '../stack/services';

/** Settings of a local stack. */
export interface StackConfig {
  /** Absolute path. */
  dataDir: string;
  /** Address that the services listen on. */
  host: string;
  ports: Readonly<Record<ServiceName, number>>;
  /** A PostgreSQL of one's own; subgraphs that are not named get a database of the embedded one. */
  databaseUrls: Readonly<Partial<Record<SubgraphName, string>>>;
  /** Of PostgreSQL itself, where `databaseUrls` names a pooler in transaction mode. */
  databaseSessionUrls: Readonly<Partial<Record<SubgraphName, string>>>;
  admin: { email: string; password: string | undefined };
  seedProducts: number;
}

const port = (standard: number) => z.coerce.number().int().min(0).max(65_535).default(standard);
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/ }).optional();

export const stackSchema = z.object({
  PORT: port(8080),
  USER_PORT: port(4001),
  PRODUCT_PORT: port(4002),
  ORDER_PORT: port(4003),
  PAYMENT_PORT: port(4004),
  HOST: z.string().default('127.0.0.1'),
  DATA_DIR: z.string().default('.data'),
  USER_DATABASE_URL: databaseUrl,
  PRODUCT_DATABASE_URL: databaseUrl,
  ORDER_DATABASE_URL: databaseUrl,
  PAYMENT_DATABASE_URL: databaseUrl,
  USER_DATABASE_SESSION_URL: databaseUrl,
  PRODUCT_DATABASE_SESSION_URL: databaseUrl,
  ORDER_DATABASE_SESSION_URL: databaseUrl,
  PAYMENT_DATABASE_SESSION_URL: databaseUrl,
  ADMIN_EMAIL: z.email().default('admin@shop.example'),
  ADMIN_PASSWORD: z.string().min(8).optional(),
  SEED_PRODUCTS: z.coerce.number().int().min(0).max(100_000).default(1_000),
});

/** The variable that sets a service's port, for messages. */
export const portVariables: Readonly<Record<ServiceName, string>> = {
  gateway: 'PORT',
  user: 'USER_PORT',
  product: 'PRODUCT_PORT',
  order: 'ORDER_PORT',
  payment: 'PAYMENT_PORT',
};

/**
 * Reads the stack's own settings. What else is in the environment (PAYMENT_SIMULATOR_SEED, LOG_LEVEL, …) goes to the
 * services as it is, which check it themselves.
 *
 * @throws ConfigError naming every setting that is wrong
 */
export function loadStackConfig(env: NodeJS.ProcessEnv): StackConfig {
  const values = loadConfig({ service: 'local stack', schema: stackSchema, env });
  return {
    dataDir: resolve(values.DATA_DIR),
    host: values.HOST,
    ports: {
      gateway: values.PORT,
      user: values.USER_PORT,
      product: values.PRODUCT_PORT,
      order: values.ORDER_PORT,
      payment: values.PAYMENT_PORT,
    },
    databaseUrls: urlsOf(values, 'DATABASE_URL'),
    databaseSessionUrls: urlsOf(values, 'DATABASE_SESSION_URL'),
    admin: { email: values.ADMIN_EMAIL, password: values.ADMIN_PASSWORD },
    seedProducts: values.SEED_PRODUCTS,
  };
}

function urlsOf(
  values: z.infer<typeof stackSchema>,
  setting: 'DATABASE_URL' | 'DATABASE_SESSION_URL',
): Partial<Record<SubgraphName, string>> {
  const entries = subgraphNames.map((name) => {
    const subgraph = name.toUpperCase() as Uppercase<SubgraphName>;
    return [name, values[`${subgraph}_${setting}`]] as const;
  });
  return Object.fromEntries(entries.filter(([, url]) => url !== undefined));
}
