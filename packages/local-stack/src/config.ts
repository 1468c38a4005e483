import { resolve } from 'node:path';
import { z } from 'zod';
import { loadConfig } from '@shop/kit/config';
import { isPortFree } from './ports';
import {
  recordOf,
  type ServiceName,
  serviceNames,
  type SubgraphName,
  subgraphNames,
  subgraphs,
} from './services';
import { StackError } from './stack-error';

/**
 * The environment of this process. Child processes inherit it; `loadStackConfig` reads settings
 * from it.
 */
export const inheritedEnvironment: NodeJS.ProcessEnv = process.env;

/** Settings of a local stack. */
export interface StackConfig {
  /** Absolute path. */
  dataDir: string;
  /** Address that the services listen on. */
  host: string;
  ports: Readonly<Record<ServiceName, number>>;
  /** External databases; other subgraphs use the embedded PostgreSQL. */
  databaseUrls: Readonly<Partial<Record<SubgraphName, string>>>;
  /** URLs of PostgreSQL itself, if `databaseUrls` names a pooler in transaction mode. */
  databaseSessionUrls: Readonly<Partial<Record<SubgraphName, string>>>;
  admin: { email: string; password: string | undefined };
  seedProducts: number;
  /** The page of a trace, with `{traceId}` for its ID; used by operator commands. */
  traceUrlTemplate?: string | undefined;
}

const port = (standard: number) => z.coerce.number().int().min(0).max(65_535).default(standard);
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/ }).optional();

type SubgraphSetting<Suffix extends string> = `${Uppercase<SubgraphName>}_${Suffix}`;

/** A setting of each subgraph, for example `ORDER_PORT`. */
function ofSubgraphs<Suffix extends string, Rule>(
  suffix: Suffix,
  ruleOf: (name: SubgraphName) => Rule,
): Record<SubgraphSetting<Suffix>, Rule> {
  const entries = subgraphNames.map((name) => [settingOf(name, suffix), ruleOf(name)] as const);
  return Object.fromEntries(entries) as Record<SubgraphSetting<Suffix>, Rule>;
}

export const stackSchema = z.object({
  PORT: port(8080),
  ...ofSubgraphs('PORT', (name) => port(subgraphs[name].port)),
  HOST: z.string().default('127.0.0.1'),
  DATA_DIR: z.string().default('.data'),
  ...ofSubgraphs('DATABASE_URL', () => databaseUrl),
  ...ofSubgraphs('DATABASE_SESSION_URL', () => databaseUrl),
  ADMIN_EMAIL: z.email().default('admin@shop.example'),
  ADMIN_PASSWORD: z.string().min(8).optional(),
  SEED_PRODUCTS: z.coerce.number().int().min(0).max(100_000).default(1_000),
  TRACE_URL_TEMPLATE: z
    .url({ protocol: /^https?$/ })
    .includes('{traceId}', { error: 'it must contain {traceId}' })
    .optional(),
});

/** The variable that sets a service's port. */
const portVariableOf = (service: ServiceName) =>
  service === 'gateway' ? 'PORT' : settingOf(service, 'PORT');

function settingOf<Suffix extends string>(name: SubgraphName, suffix: Suffix): SubgraphSetting<Suffix> {
  return `${name.toUpperCase() as Uppercase<SubgraphName>}_${suffix}`;
}

/**
 * Reads the settings of the stack. Other variables (PAYMENT_SIMULATOR_SEED, LOG_LEVEL, …) are
 * passed to the services, which validate them.
 *
 * @throws ConfigError that names every invalid setting
 */
export function loadStackConfig(env: NodeJS.ProcessEnv): StackConfig {
  const values = loadConfig({ service: 'local stack', schema: stackSchema, env });
  return {
    dataDir: resolve(values.DATA_DIR),
    host: values.HOST,
    ports: recordOf(serviceNames, (name) => values[portVariableOf(name)]),
    databaseUrls: recordOf(subgraphNames, (name) => values[settingOf(name, 'DATABASE_URL')]),
    databaseSessionUrls: recordOf(subgraphNames, (name) => values[settingOf(name, 'DATABASE_SESSION_URL')]),
    admin: { email: values.ADMIN_EMAIL, password: values.ADMIN_PASSWORD },
    seedProducts: values.SEED_PRODUCTS,
    traceUrlTemplate: values.TRACE_URL_TEMPLATE,
  };
}

/** @throws StackError that names each port in use and the variable that changes it */
export async function requireFreePorts({ ports, host }: Pick<StackConfig, 'ports' | 'host'>): Promise<void> {
  const wanted = serviceNames.filter((name) => ports[name] !== 0);
  const free = await Promise.all(
    wanted.map((name) => isPortFree(ports[name], name === 'gateway' ? host : '127.0.0.1')),
  );
  const taken = wanted.filter((_, index) => !free[index]);
  if (taken.length === 0) return;
  const list = taken.map((name) => `${ports[name]} (${portVariableOf(name)})`).join(', ');
  const example = taken.map((name) => `${portVariableOf(name)}=${ports[name] + 10_000}`).join(' ');
  const subject = taken.length === 1 ? `Port ${list} is` : `Ports ${list} are`;
  throw new StackError(
    `${subject} in use: stop the process that listens there, or set another port, for example \`${example} npm start\``,
  );
}
