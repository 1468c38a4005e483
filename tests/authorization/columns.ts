/**
 * Clients of the gateway. `customer` owns the data in the request, `stranger` is another customer.
 * `gateway` and `service` have a service credential and no access token. They send root fields
 * directly to the subgraph, and requests for routes to the gateway.
 */
export const clients = ['anonymous', 'customer', 'stranger', 'admin', 'gateway', 'service'] as const;
export type Client = (typeof clients)[number];

/**
 * Callers that resolve an entity in a subgraph. All have the credential of the gateway, except for
 * `no credential` and for `service`, which has its own.
 */
export const entityCallers = [
  'no credential',
  'anonymous',
  'customer',
  'stranger',
  'admin',
  'service',
] as const;
export type EntityCaller = (typeof entityCallers)[number];

/** The service whose credential is in a request that is sent directly to a subgraph. */
export const serviceCallers = ['no credential', 'gateway', 'user', 'product', 'order', 'payment'] as const;
export type ServiceCaller = (typeof serviceCallers)[number];

/** Callers of an internal operation, with an admin token. `API client`: at the gateway. */
export const operationCallers = ['API client', ...serviceCallers] as const;
export type OperationCaller = (typeof operationCallers)[number];

/** One row of a matrix: an outcome for each column. */
export type Cells<Columns extends readonly string[], Outcome extends string> = {
  readonly [Index in keyof Columns]: Outcome;
};

/** The same outcome for each of six columns. */
export function allColumns<Outcome extends string>(
  outcome: Outcome,
): readonly [Outcome, Outcome, Outcome, Outcome, Outcome, Outcome] {
  return [outcome, outcome, outcome, outcome, outcome, outcome];
}

/** The cells of a matrix: row, column, expected outcome. */
export function cellsOf<Row extends string, Columns extends readonly string[], Outcome extends string>(
  matrix: Readonly<Record<Row, Cells<Columns, Outcome>>>,
  columns: Columns,
): [Row, Columns[number], Outcome][] {
  const rows = Object.entries(matrix) as [Row, readonly Outcome[]][];
  return rows.flatMap(([row, cells]) =>
    columns.map((column, index): [Row, Columns[number], Outcome] => [row, column, cells[index] as Outcome]),
  );
}
