import { createIndexConcurrently, dropIndexConcurrently, replaceCheck } from '@shop/kit/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refunds can fail, are retried in rounds, and are settled by an operator (decision 0042). */
export class TrackRefunds1795800000010 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // Existing succeeded refunds are at revision 2; new refunds start at 1.
    await runner.query(`
      ALTER TABLE refunds
        ADD COLUMN IF NOT EXISTS failure_code text,
        ADD COLUMN IF NOT EXISTS is_definite boolean NOT NULL DEFAULT false,
        ADD COLUMN IF NOT EXISTS round integer NOT NULL DEFAULT 1,
        ADD COLUMN IF NOT EXISTS round_began_at timestamptz(3) NOT NULL DEFAULT now(),
        ADD COLUMN IF NOT EXISTS tries integer NOT NULL DEFAULT 0,
        ADD COLUMN IF NOT EXISTS next_try_at timestamptz(3) DEFAULT now(),
        ADD COLUMN IF NOT EXISTS revision integer NOT NULL DEFAULT 2,
        ADD COLUMN IF NOT EXISTS payment_failure_code text,
        ADD COLUMN IF NOT EXISTS settled_reason text,
        ADD COLUMN IF NOT EXISTS settled_at timestamptz(3)`);
    await runner.query('ALTER TABLE refunds ALTER COLUMN revision SET DEFAULT 1');
    for (const [name, condition] of Object.entries(checks))
      await replaceCheck(runner, { table: 'refunds', name, condition });
    await createIndexConcurrently(
      runner,
      'refunds_failed',
      `ON refunds (updated_at) WHERE status = 'FAILED'`,
    );
  }

  /** @throws QueryFailedError if a refund is FAILED, which the former schema cannot represent */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE refunds
        DROP CONSTRAINT refunds_status_check,
        ADD CONSTRAINT refunds_status_check CHECK (status IN ('PENDING', 'SUCCEEDED')),
        DROP COLUMN failure_code, DROP COLUMN is_definite, DROP COLUMN round, DROP COLUMN round_began_at,
        DROP COLUMN tries, DROP COLUMN next_try_at, DROP COLUMN revision, DROP COLUMN payment_failure_code,
        DROP COLUMN settled_reason, DROP COLUMN settled_at`);
    await dropIndexConcurrently(runner, 'refunds_failed');
  }
}

const checks: Readonly<Record<string, string>> = {
  refunds_status_check: `status IN ('PENDING', 'SUCCEEDED', 'FAILED')`,
  refunds_failed_why: `(failure_code IS NOT NULL) = (status = 'FAILED')`,
  refunds_definite: `NOT is_definite OR status = 'FAILED'`,
  refunds_settled: '(settled_at IS NULL) = (settled_reason IS NULL)',
};
