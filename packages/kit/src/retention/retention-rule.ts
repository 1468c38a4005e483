import { type Statement, statement } from '../database';

/** Rows of one table that are deleted when they are old enough. */
export interface RetentionRule {
  /** With its schema if it is not in the search path. */
  table: string;
  /** The column that says how old a row is, `timestamptz`; an index on it finds the old rows. */
  ageColumn: string;
  /** SQL: which of the old rows may be deleted; if omitted, all. */
  where?: string;
  /** Minimum age of a deleted row. */
  retentionMs: number;
}

/**
 * Deletes some old rows, the oldest first. Rows that another transaction has locked are skipped: they are in use, or another
 * process deletes them. Parameters: the age in milliseconds, the maximum number of rows.
 */
export function deleteStatement({ table, ageColumn, where = 'true' }: RetentionRule): Statement {
  return statement(
    `Retention.delete:${table}`,
    `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM ${table}
        WHERE ${ageColumn} < now() - $1 * interval '1 millisecond' AND (${where})
        ORDER BY ${ageColumn} LIMIT $2 FOR UPDATE SKIP LOCKED))
     RETURNING 1`,
  );
}
