import { createIndexConcurrently, dropIndexConcurrently } from '@shop/kit/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A simulated refund is pending until `settles_at` and failed from `fails_at` on. A charge whose refund failed can be
 * refunded under another key, so `charge_key` is no longer unique.
 */
export class SimulateRefundStates1795800000011 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await createIndexConcurrently(
      runner,
      'simulator.refunds_by_charge',
      'ON simulator.refunds (charge_key, created_at)',
    );
    await runner.query(`
      ALTER TABLE simulator.refunds
        ADD COLUMN IF NOT EXISTS settles_at timestamptz NOT NULL DEFAULT now(),
        ADD COLUMN IF NOT EXISTS fails_at timestamptz,
        ADD COLUMN IF NOT EXISTS failure_code text,
        DROP CONSTRAINT IF EXISTS refunds_fail_with_code,
        ADD CONSTRAINT refunds_fail_with_code CHECK ((fails_at IS NULL) = (failure_code IS NULL)) NOT VALID,
        DROP CONSTRAINT IF EXISTS refunds_charge_key_key`);
    // Reads the rows without holding back writers.
    await runner.query('ALTER TABLE simulator.refunds VALIDATE CONSTRAINT refunds_fail_with_code');
  }

  /** @throws QueryFailedError if a charge has several refunds */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE simulator.refunds
        ADD CONSTRAINT refunds_charge_key_key UNIQUE (charge_key),
        DROP COLUMN settles_at, DROP COLUMN fails_at, DROP COLUMN failure_code`);
    await dropIndexConcurrently(runner, 'simulator.refunds_by_charge');
  }
}
