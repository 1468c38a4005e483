import { type Statement, statement } from '../database';

/**
 * A table whose rows are work. It has `due_at timestamptz`, null if the row has no work left, and
 * `due_tries integer NOT NULL DEFAULT 0`, set to 0 when the row gets new work, and when its work has
 * not failed but must be repeated later. The claim needs the partial index
 * `<table>_due ON <table> (due_at) WHERE due_at IS NOT NULL`.
 */
export interface DueTable {
  /** With its schema if it is not in the search path. */
  table: string;
  /** The columns of the key and their types. */
  key: Readonly<Record<string, 'uuid' | 'text'>>;
  /** What a claim returns; the table's alias is `due_row`. */
  columns: string;
  /**
   * Milliseconds for which a claimed row is not claimed again: longer than the handler can take.
   */
  leaseMs: number;
  /**
   * A condition of the rows that are claimed, for a poller that handles only a part of the table.
   */
  where?: string;
  /**
   * A condition of due rows that are not claimed for now, with the values of its parameters, from
   * `$3` on, at each claim. Metrics count these rows.
   */
  except?: { condition: string; values: () => unknown[] };
  /** Further assignments of the claim, for example `visits = due_row.visits + 1`. */
  set?: string;
}

/** What a claim adds to the columns. */
export interface DueRow {
  /** How often the row was claimed for this work, from 1. */
  dueTries: number;
  /** The values of the key columns. */
  dueKey: string[];
  /** The end of the lease as PostgreSQL prints it, to the microsecond. */
  leasedUntil: string;
}

/**
 * Claims due rows, oldest first: sets `due_at` to the end of the lease. Rows that another process
 * is claiming are skipped. Parameters: the maximum number of rows, the lease in milliseconds.
 *
 * @param work unique in the process, also among several pollers of one table
 */
export function claimStatement(
  work: string,
  { table, key, columns, where, except, set }: DueTable,
): Statement {
  const names = Object.keys(key);
  const conditions = [...(where ? [`(${where})`] : []), ...(except ? [`NOT (${except.condition})`] : [])];
  return statement(
    `DueRows.claim:${work}`,
    `WITH due AS MATERIALIZED (
       SELECT ${names.join(', ')} FROM ${table} WHERE ${['due_at <= now()', ...conditions].join(' AND ')}
        ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
     )
     UPDATE ${table} AS due_row
        SET due_at = now() + $2 * interval '1 millisecond', due_tries = due_row.due_tries + 1${set ? `, ${set}` : ''}
       FROM due WHERE ${names.map((name) => `due_row.${name} = due.${name}`).join(' AND ')}
     RETURNING ${columns}, due_row.due_tries AS "dueTries",
               ARRAY[${names.map((name) => `due_row.${name}::text`).join(', ')}] AS "dueKey", due_row.due_at::text AS "leasedUntil"`,
  );
}

/**
 * Sets when failed rows are due again, unless they have got new work or have been claimed again
 * since. Locks the rows in the order of their keys, as batches of events do: another order could
 * cause a deadlock with them. Parameters: an array for each key column, the ends of the leases, the
 * pauses in milliseconds.
 */
export function postponeStatement({ table, key }: DueTable): Statement {
  const columns = Object.entries(key);
  const arrays = columns.map(([, type], index) => `$${index + 1}::${type}[]`);
  const names = columns.map(([name]) => name);
  const [leases, pauses] = [columns.length + 1, columns.length + 2];
  return statement(
    `DueRows.postpone:${table}`,
    `WITH locked AS (
       SELECT ${names.map((name) => `due_row.${name}`).join(', ')}, failed.pause_ms FROM ${table} AS due_row
         JOIN unnest(${[...arrays, `$${leases}::timestamptz[]`, `$${pauses}::float8[]`].join(', ')})
                AS failed (${names.join(', ')}, leased_until, pause_ms)
           ON ${names.map((name) => `due_row.${name} = failed.${name}`).join(' AND ')}
              AND due_row.due_at = failed.leased_until
        ORDER BY ${names.map((name) => `due_row.${name}`).join(', ')} FOR NO KEY UPDATE OF due_row
     )
     UPDATE ${table} AS due_row SET due_at = now() + locked.pause_ms * interval '1 millisecond'
       FROM locked WHERE ${names.map((name) => `due_row.${name} = locked.${name}`).join(' AND ')}`,
  );
}

/** A row that was tried more often is counted as failing. */
export const failingTries = 5;

/** The values for `postponeStatement`. */
export function postponeValues(rows: readonly DueRow[], pausesMs: readonly number[]): unknown[] {
  const [first] = rows;
  const keys = (first?.dueKey ?? []).map((_value, index) => rows.map((row) => row.dueKey[index]));
  return [...keys, rows.map((row) => row.leasedUntil), pausesMs];
}

/**
 * Counts due rows, the seconds for which the oldest has been due (null if none is due), and the rows
 * that have failed more than `failingTries` times, which are mostly not due but waiting.
 */
export function countStatement(work: string, { table, where }: DueTable): Statement {
  return statement(
    `DueRows.count:${work}`,
    `SELECT count(*) FILTER (WHERE due_at <= now())::int AS due,
            extract(epoch FROM now() - least(now(), min(due_at)))::float8 AS "oldestSeconds",
            count(*) FILTER (WHERE due_tries > ${failingTries})::int AS failing
       FROM ${table} WHERE due_at IS NOT NULL${where ? ` AND (${where})` : ''}`,
  );
}
