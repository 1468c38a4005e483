import { freePorts } from '../ports';
import type { ServiceKeys } from '../keys';
import { recordOf, serviceNames, type ServiceName, type SubgraphName } from './services';

/** Everything that is decided before the first process starts. */
export interface StackPlan {
  /** Where the gateway listens; subgraphs listen on 127.0.0.1 only. */
  host: string;
  ports: Readonly<Record<ServiceName, number>>;
  databaseUrls: Readonly<Record<SubgraphName, string>>;
  admin: AdminCredentials;
  seedProducts: number;
  keys: ServiceKeys;
  signingKeysDir: string;
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

/** How other processes of this machine reach a service. */
export function urlOf(plan: Pick<StackPlan, 'ports'>, service: ServiceName): string {
  return `http://127.0.0.1:${plan.ports[service]}`;
}
