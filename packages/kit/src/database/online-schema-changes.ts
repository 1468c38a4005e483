import type { QueryRunner } from 'typeorm';

/**
 * Builds an index while others write, for a migration with `transaction = false`. A valid index
 * with this name and definition is kept; one that an interrupted migration left invalid, or with
 * another definition, is built again.
 *
 * @param definition the SQL after the index's name, for example `ON orders (moved_at)`
 */
export async function createIndexConcurrently(
  runner: QueryRunner,
  name: string,
  definition: string,
  { unique = false } = {},
): Promise<void> {
  if (await exists(runner, name, definition, unique)) return;
  await dropIndexConcurrently(runner, name);
  // An index is created in the schema of its table, so CREATE takes its name without a schema.
  const create = `CREATE ${unique ? 'UNIQUE ' : ''}INDEX CONCURRENTLY IF NOT EXISTS`;
  await withoutLockTimeout(runner, `${create} ${name.split('.').at(-1)} ${definition}`);
}

/**
 * Drops an index, if it exists, while others read and write; for a migration with `transaction =
 * false`.
 */
export async function dropIndexConcurrently(runner: QueryRunner, name: string): Promise<void> {
  await withoutLockTimeout(runner, `DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
}

/**
 * These statements wait for open transactions without blocking others, so they may wait for longer
 * than lock_timeout.
 */
async function withoutLockTimeout(runner: QueryRunner, statement: string): Promise<void> {
  await runner.query('SET lock_timeout = 0');
  try {
    await runner.query(statement);
  } finally {
    await runner.query('RESET lock_timeout');
  }
}

/**
 * Compares with an index on an empty copy of the table, because PostgreSQL normalizes definitions.
 */
async function exists(
  runner: QueryRunner,
  name: string,
  definition: string,
  unique: boolean,
): Promise<boolean> {
  const [index] = (await runner.query(
    `SELECT ${columnsOf} AS columns, indisunique AS unique FROM pg_index
      WHERE indexrelid = to_regclass($1) AND indisvalid`,
    [name],
  )) as { columns: string; unique: boolean }[];
  if (!index || index.unique !== unique) return false;
  const [, table, columns] = /^ON (\S+) (.+)$/s.exec(definition) ?? [];
  await runner.startTransaction();
  try {
    await runner.query(`CREATE TEMPORARY TABLE index_sample (LIKE ${table})`);
    await runner.query(`CREATE INDEX index_sample_index ON index_sample ${columns}`);
    const [sample] = (await runner.query(
      `SELECT ${columnsOf} AS columns FROM pg_index WHERE indexrelid = 'index_sample_index'::regclass`,
    )) as [{ columns: string }];
    return sample.columns === index.columns;
  } finally {
    await runner.rollbackTransaction();
  }
}

const columnsOf = `substring(pg_get_indexdef(indexrelid) FROM ' USING .*')`;

/**
 * Replaces a CHECK constraint while others write, for a migration with `transaction = false`; may
 * be repeated after an interruption. Only VALIDATE reads the rows, with a lock that allows writes.
 */
export async function replaceCheck(
  runner: QueryRunner,
  { table, name, condition }: { table: string; name: string; condition: string },
): Promise<void> {
  await runner.query(
    `ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${name}, ADD CONSTRAINT ${name} CHECK (${condition}) NOT VALID`,
  );
  await runner.query(`ALTER TABLE ${table} VALIDATE CONSTRAINT ${name}`);
}
