import { freePorts } from '../ports';
import type { ServiceKeys } from '../keys';
import { recordOf, serviceNames, type ServiceName, type SubgraphName } from './services';

/** All decisions before the first process starts. */
export interface StackPlan {
  /** Where the gateway listens; subgraphs listen on 127.0.0.1 only. */
  host: string;
  /** Ports of all replicas of a service; most have one. */
  ports: Readonly<Record<ServiceName, readonly number[]>>;
  /** Origins at which other services reach a service. */
  urls: Readonly<Record<ServiceName, string>>;
  databaseUrls: Readonly<Record<SubgraphName, string>>;
  databaseSessionUrls: Readonly<Partial<Record<SubgraphName, string>>>;
  admin: AdminCredentials;
  seedProducts: number;
  keys: ServiceKeys;
  signingKeysDir: string;
  /** File with the secret that signs webhooks of the payment simulator. */
  webhookSecretFile: string;
  /** Environment that every process inherits. */
  env: NodeJS.ProcessEnv;
  /** Settings of single services; they take precedence. */
  serviceEnv: Readonly<Partial<Record<ServiceName, NodeJS.ProcessEnv>>>;
}

/** The administrator that the seed creates. */
export interface AdminCredentials {
  email: string;
  password: string;
}

/** Returns the given ports, with a free port for 0 or undefined. */
export async function choosePorts(
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
