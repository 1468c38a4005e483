// Loaded for its side effect, too: bigint columns become numbers.
import '../database/data-source';
import { Client } from 'pg';

/** A snapshot of a database. */
export interface Snapshot {
  /** By the database's clock, in milliseconds since 1970. */
  atMs: number;
  /** The rows of a statement, fetched in batches of a few thousand. Supports several at a time. */
  rows<Row>(statement: string, parameters?: readonly unknown[]): AsyncGenerator<Row>;
}

const rowsAtATime = 2_000;
const statementTimeoutMs = 120_000;

/**
 * Reads a database in one read-only REPEATABLE READ transaction with bounded memory. All rows
 * belong to one snapshot; the connection is closed when the generator ends.
 */
export async function* readSnapshot<StateRecord>(
  databaseUrl: string,
  read: (snapshot: Snapshot) => AsyncIterable<StateRecord>,
): AsyncGenerator<StateRecord> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'operator',
    connectionTimeoutMillis: 5_000,
    statement_timeout: statementTimeoutMs,
  });
  // The pending query rejects with the error; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows } = await client.query<{ atMs: number }>(
      `/* Snapshot.begin */ SELECT (extract(epoch FROM now()) * 1000)::float8 AS "atMs"`,
    );
    yield* read({ atMs: rows[0]!.atMs, rows: cursors(client) });
  } finally {
    await client.end();
  }
}

function cursors(client: Client): Snapshot['rows'] {
  let opened = 0;
  return async function* rows<Row>(
    statement: string,
    parameters: readonly unknown[] = [],
  ): AsyncGenerator<Row> {
    opened += 1;
    const cursor = `snapshot_${opened}`;
    await client.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${statement}`, [...parameters]);
    for (;;) {
      const page = await client.query(`FETCH ${rowsAtATime} FROM ${cursor}`);
      yield* page.rows as Row[];
      if (page.rows.length < rowsAtATime) return;
    }
  };
}
