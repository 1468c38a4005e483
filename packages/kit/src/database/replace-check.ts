import type { QueryRunner } from 'typeorm';

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
