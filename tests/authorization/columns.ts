/**
 * Who asks the shop. `customer`: the owner of what is asked for · `stranger`: another customer. `gateway` and `service` hold that
 * service credential and no person's token: root fields they ask straight at the subgraph, routes at the gateway.
 */
export const bearers = ['anonymous', 'customer', 'stranger', 'admin', 'gateway', 'service'] as const;
export type Bearer = (typeof bearers)[number];

/** Who asks a subgraph for an entity: all with the gateway's credential, but for the first and the last, a service for itself. */
export const referrers = ['no credential', 'anonymous', 'customer', 'stranger', 'admin', 'service'] as const;
export type Referrer = (typeof referrers)[number];

/** Whose service credential comes with a request straight to a subgraph. */
export const callers = ['no credential', 'gateway', 'user', 'product', 'order', 'payment'] as const;
export type Caller = (typeof callers)[number];

/** Who asks for an internal operation, always with an admin's token: by the public graph, or as `callers`. */
export const operators = ['public graph', ...callers] as const;
export type Operator = (typeof operators)[number];

/** One row of a table: a word for each column. */
export type Cells<Columns extends readonly string[], Word extends string> = {
  readonly [Index in keyof Columns]: Word;
};

/** The same for each of six columns. */
export function everybody<Word extends string>(word: Word): readonly [Word, Word, Word, Word, Word, Word] {
  return [word, word, word, word, word, word];
}

/** A table as the list of its cells: row, column, expected word. */
export function cellsOf<Row extends string, Columns extends readonly string[], Word extends string>(
  matrix: Readonly<Record<Row, Cells<Columns, Word>>>,
  columns: Columns,
): [Row, Columns[number], Word][] {
  const rows = Object.entries(matrix) as [Row, readonly Word[]][];
  return rows.flatMap(([row, cells]) =>
    columns.map((column, index): [Row, Columns[number], Word] => [row, column, cells[index] as Word]),
  );
}
