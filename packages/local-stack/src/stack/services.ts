import { join, resolve } from 'node:path';

export const subgraphNames = ['user', 'product', 'order', 'payment'] as const;
export const serviceNames = ['gateway', ...subgraphNames] as const;

export type SubgraphName = (typeof subgraphNames)[number];
export type ServiceName = (typeof serviceNames)[number];

/** A subgraph's database in the embedded PostgreSQL; its role has the same name. */
export const databaseNames: Readonly<Record<SubgraphName, string>> = {
  user: 'users',
  product: 'products',
  order: 'orders',
  payment: 'payments',
};

/** Subgraphs that bring a seed program. */
export const seededSubgraphs: ReadonlySet<SubgraphName> = new Set(['user', 'product']);

/** The repository's root, from packages/local-stack/{src,dist}/stack. */
export const workspaceRoot = resolve(__dirname, '../../../..');

/** A built program of a service. */
export function programOf(service: ServiceName, program: 'main' | 'migrate' | 'seed' | 'operate'): string {
  return join(distOf(service), `${program}.js`);
}

/** The folder of a service's built programs. */
export function distOf(service: ServiceName): string {
  return join(workspaceRoot, service === 'gateway' ? 'gateway' : join('subgraphs', service), 'dist');
}

/** A record with one entry per name. */
export function recordOf<Name extends string, Value>(
  names: readonly Name[],
  make: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>;
}
