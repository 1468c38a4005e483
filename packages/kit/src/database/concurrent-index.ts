import type { QueryRunner } from 'typeorm';

/**
 * Builds an index without blocking writers, for a migration with `transaction = false`. Rebuilds an
 * invalid index that an interrupted migration left.
 *
 * @param definition the SQL after the index's name, for example `ON orders (moved_at)`
 */
export async function createIndexConcurrently(
  runner: QueryRunner,
  name: string,
  definition: string,
): Promise<void> {
  // CREATE INDEX CONCURRENTLY waits for open transactions without blocking others.
  await runner.query('SET lock_timeout = 0');
  await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
  // CREATE INDEX takes no schema in the index's name: it uses the table's schema.
  await runner.query(`CREATE INDEX CONCURRENTLY ${name.split('.').at(-1)} ${definition}`);
  await runner.query('RESET lock_timeout');
}
