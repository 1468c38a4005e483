import { freePorts } from '../ports';
import type { ServiceKeys } from '../keys';
import { recordOf, serviceNames, type ServiceName, type SubgraphName } from './services';

/** Everything that is decided before the first process starts. */
export interface StackPlan {
  /** Where the gateway listens; subgraphs listen on 127.0.0.1 only. */
  host: string;
  /** Of every process of a service; most have one. */
  ports: Readonly<Record<ServiceName, readonly number[]>>;
  /** Origins where others reach a service. */
  urls: Readonly<Record<ServiceName, string>>;
  databaseUrls: Readonly<Record<SubgraphName, string>>;
  databaseSessionUrls: Readonly<Partial<Record<SubgraphName, string>>>;
  admin: AdminCredentials;
  seedProducts: number;
  keys: ServiceKeys;
  signingKeysDir: string;
  /** Holds what the payment simulator signs its webhooks with. */
  webhookSecretFile: string;
  /** What every process inherits. */
  env: NodeJS.ProcessEnv;
  /** Settings of single services; they win. */
  serviceEnv: Readonly<Partial<Record<ServiceName, NodeJS.ProcessEnv>>>;
}

/** Who may administer the shop after the seed. */
export interface AdminCredentials {
  email: string;
  password: string;
}

/** The wanted ports, with a free one wherever 0 or nothing was wanted. */
export async function choosePorts(
  wanted: Partial<Record<ServiceName, number>>,
): Promise<Record<ServiceName, number>> {
  const open = serviceNames.filter((name) => !wanted[name]);
  const found = await freePorts(open.length);
  return recordOf(serviceNames, (name) => wanted[name] || (found[open.indexOf(name)] as number));
}

const everyAddress: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * How a process of this machine is reached from this machine: on 127.0.0.1, unless the gateway
 * listens on another address only.
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
