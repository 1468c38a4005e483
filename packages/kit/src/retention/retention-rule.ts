import { type Statement, statement } from '../database';

/** Which rows of one table are deleted, and at what age. */
export interface RetentionRule {
  /** With its schema if it is not in the search path. */
  table: string;
  /** The `timestamptz` column from which the age is counted. It needs an index. */
  ageColumn: string;
  /** SQL condition that a deleted row must meet as well; if omitted, all old rows are deleted. */
  where?: string;
  /** Minimum age of a deleted row. */
  retentionMs: number;
}

/**
 * Deletes one batch of old rows, oldest first. Rows that are locked by another transaction are
 * skipped. Parameters: the age in milliseconds, the maximum number of rows.
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
