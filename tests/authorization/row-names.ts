import { type SubgraphName, subgraphNames } from '@shop/local-stack/stack';

/** `Query.orders` of `Query.orders of one user`: a field can have rows with different arguments. */
export function fieldOf(row: string): string {
  return row.split(' ', 1)[0] ?? '';
}

/** `GET /v1/orders` of `GET /v1/orders of one user`. */
export function routeOf(row: string): string {
  return row.split(' ').slice(0, 2).join(' ');
}

/** The subgraph `product` and the name `reserveStock` of `product reserveStock`. */
export function partsOf(row: string): { subgraph: SubgraphName; name: string } {
  const [first = '', ...others] = row.split(' ');
  const subgraph = subgraphNames.find((name) => name === first);
  if (!subgraph) throw new Error(`the row "${row}" does not begin with a subgraph`);
  return { subgraph, name: others.join(' ') };
}

/** The fields, references or routes that a matrix has rows for, unique and sorted. */
export function subjectsOf(matrix: object, nameOf: (row: string) => string = (row) => row): string[] {
  return [...new Set(Object.keys(matrix).map(nameOf))].sort();
}
