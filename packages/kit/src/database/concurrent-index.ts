import type { QueryRunner } from 'typeorm';

/**
 * Builds an index while others write, for a migration with `transaction = false`. One that an interrupted migration left invalid is
 * built again.
 *
 * @param definition what follows the index's name, for example `ON orders (moved_at)`
 */
export async function createIndexConcurrently(
  runner: QueryRunner,
  name: string,
  definition: string,
): Promise<void> {
  // It waits for transactions that are open, and lets everybody pass meanwhile.
  await runner.query('SET lock_timeout = 0');
  await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
  // An index is made in the schema of its table, and its name there is given without it.
  await runner.query(`CREATE INDEX CONCURRENTLY ${name.split('.').at(-1)} ${definition}`);
  await runner.query('RESET lock_timeout');
}
