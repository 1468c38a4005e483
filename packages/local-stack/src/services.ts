import { join, resolve } from 'node:path';

/**
 * The subgraphs, with the default of `<NAME>_PORT` and the database in the embedded PostgreSQL, whose role has the
 * same name. `npm run new -- subgraph <name>` adds one.
 */
export const subgraphs = {
  user: { port: 4001, database: 'users' },
  product: { port: 4002, database: 'products' },
  order: { port: 4003, database: 'orders' },
  payment: { port: 4004, database: 'payments' },
} as const;

export type SubgraphName = keyof typeof subgraphs;
export type ServiceName = 'gateway' | SubgraphName;

export const subgraphNames = Object.keys(subgraphs) as SubgraphName[];
export const serviceNames: readonly ServiceName[] = ['gateway', ...subgraphNames];

/** A subgraph's database in the embedded PostgreSQL. */
export const databaseNames = recordOf(subgraphNames, (name) => subgraphs[name].database);

/** Subgraphs with a seed program. */
export const seededSubgraphs: ReadonlySet<SubgraphName> = new Set(['user', 'product']);

/** The repository's root, from packages/local-stack/{src,dist}. */
export const workspaceRoot = resolve(__dirname, '../../..');

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
