import { join } from 'node:path';
import { inheritedEnvironment } from '../config';
import { ensureServiceKeys, type ServiceKeys } from '../keys';
import { freePorts } from '../ports';
import type { EmbeddedPostgres } from '../postgres';
import { ensureSecretFile, newSecret, readOrCreate } from '../secret-file';
import {
  databaseNames,
  recordOf,
  serviceNames,
  subgraphNames,
  type ServiceName,
  type SubgraphName,
} from '../services';
import type { LogSink } from './service-log';

export interface StackOptions {
  /** Created if missing; contains the cluster, keys, passwords and logs. One stack at a time. */
  dataDir: string;
  /** Address that the gateway listens on. Default 127.0.0.1. */
  host?: string;
  /** 0 or undefined: a free port. */
  ports?: Partial<Record<ServiceName, number>>;
  /**
   * Ports of further replicas of a service, in addition to `ports`; all share its keys and
   * database.
   */
  replicaPorts?: Partial<Record<ServiceName, readonly number[]>>;
  /**
   * Ports of /metrics of the first process of each service, unless METRICS_PORT is set. The gateway
   * serves it on its main port as well. Default: none.
   */
  metricsPorts?: Partial<Record<ServiceName, number>>;
  /** Origins of load balancers for services with several replicas. Default: the first replica. */
  urls?: Partial<Record<ServiceName, string>>;
  /** External databases; if all four are given, no PostgreSQL is started. */
  databaseUrls?: Partial<Record<SubgraphName, string>>;
  /** URLs of PostgreSQL itself, if `databaseUrls` names a pooler in transaction mode. */
  databaseSessionUrls?: Partial<Record<SubgraphName, string>>;
  /** The databases are migrated and seeded already. Default false. */
  isPrepared?: boolean;
  /** If undefined, the password is generated and stored in dataDir. */
  admin: { email: string; password?: string | undefined };
  /** Number of products that the seed creates. Default 1000. */
  seedProducts?: number;
  /** Environment that every process inherits. Default: that of this process. */
  env?: NodeJS.ProcessEnv;
  /** Settings of single services; they take precedence. */
  serviceEnv?: Partial<Record<ServiceName, NodeJS.ProcessEnv>>;
  /** Whether a process that exits is restarted. Default true. */
  restart?: boolean;
  /** Deletes what an earlier stack left in dataDir first. Default false. */
  fresh?: boolean;
  /** If aborted, all started parts are stopped and `startStack` rejects. */
  signal?: AbortSignal;
  /** The current step of the start, for the user. */
  onStep?: (step: string) => void;
  /** Every line of every service. */
  onLog?: LogSink;
  /** One line about a process that exited, was restarted, and so on. */
  onNotice?: (line: string) => void;
}

/** All decisions before the first process starts. Subgraphs listen on 127.0.0.1 only. */
export interface StackPlan extends Required<
  Pick<StackOptions, 'host' | 'databaseSessionUrls' | 'seedProducts' | 'env' | 'serviceEnv' | 'metricsPorts'>
> {
  /** Ports of all replicas of a service; most have one. */
  ports: Readonly<Record<ServiceName, readonly number[]>>;
  /** Origins at which other services reach a service. */
  urls: Readonly<Record<ServiceName, string>>;
  databaseUrls: Readonly<Record<SubgraphName, string>>;
  admin: AdminCredentials;
  keys: ServiceKeys;
  signingKeysDir: string;
  /** File with the secret that signs webhooks of the payment simulator. */
  webhookSecretFile: string;
}

/** The administrator that the seed creates. */
export interface AdminCredentials {
  email: string;
  password: string;
}

/** Decides ports, URLs, passwords and keys; creates missing keys and passwords. */
export async function makePlan(
  options: StackOptions,
  signingKeysDir: string,
  postgres: EmbeddedPostgres | undefined,
): Promise<StackPlan> {
  const { dataDir, databaseUrls = {}, admin, urls = {}, replicaPorts = {} } = options;
  const firstPorts = await choosePorts(options.ports ?? {});
  const host = options.host ?? '127.0.0.1';
  const embeddedUrl = (name: SubgraphName) => postgres?.urlOf(databaseNames[name]) as string;
  return {
    host,
    ports: recordOf(serviceNames, (name) => [firstPorts[name], ...(replicaPorts[name] ?? [])]),
    urls: recordOf(
      serviceNames,
      (name) => urls[name] ?? originOf({ service: name, port: firstPorts[name], host }),
    ),
    databaseUrls: recordOf(subgraphNames, (name) => databaseUrls[name] ?? embeddedUrl(name)),
    databaseSessionUrls: options.databaseSessionUrls ?? {},
    metricsPorts: options.metricsPorts ?? {},
    admin: {
      email: admin.email,
      password: admin.password ?? readOrCreate(join(dataDir, 'admin-password'), newSecret),
    },
    seedProducts: options.seedProducts ?? 1_000,
    keys: ensureServiceKeys(join(dataDir, 'keys', 'services'), serviceNames),
    signingKeysDir,
    webhookSecretFile: ensureSecretFile(join(dataDir, 'keys', 'simulator-webhook-secret')),
    env: options.env ?? inheritedEnvironment,
    serviceEnv: options.serviceEnv ?? {},
  };
}

/** Returns the given ports, with a free port for 0 or undefined. */
async function choosePorts(
  wanted: Partial<Record<ServiceName, number>>,
): Promise<Record<ServiceName, number>> {
  const open = serviceNames.filter((name) => !wanted[name]);
  const found = await freePorts(open.length);
  return recordOf(serviceNames, (name) => wanted[name] || (found[open.indexOf(name)] as number));
}

const everyAddress: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * Origin of a process on this machine: 127.0.0.1, unless the gateway listens only on another
 * address.
 */
export function originOf({
  service,
  port,
  host,
}: {
  service: ServiceName;
  port: number;
  host: string;
}): string {
  if (service !== 'gateway' || everyAddress.has(host)) return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
