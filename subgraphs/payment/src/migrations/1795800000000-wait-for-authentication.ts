import { createIndexConcurrently, dropIndexConcurrently, replaceCheck } from '@shop/kit/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each index is built before the one that it replaces is dropped, so an order can never have two live payments. */
const oneLive = {
  before: { name: 'payments_one_live_per_order', statuses: `'PENDING', 'UNKNOWN', 'SUCCEEDED'` },
  now: { name: 'payments_one_live', statuses: `'PENDING', 'UNKNOWN', 'REQUIRES_ACTION', 'SUCCEEDED'` },
};

/** Adds REQUIRES_ACTION, the status of a payment whose customer must authenticate: undecided and live. */
export class WaitForAuthentication1795800000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE payments ADD COLUMN IF NOT EXISTS return_url text');
    await this.replaceIndexes(runner, oneLive.now, oneLive.before);
    await createIndexConcurrently(
      runner,
      'payments_undecided',
      `ON payments (created_at) WHERE status IN ('PENDING', 'UNKNOWN', 'REQUIRES_ACTION')`,
    );
    await replaceCheck(runner, {
      table: 'payments',
      name: 'payments_status_check',
      condition: `status IN ('PENDING', 'REQUIRES_ACTION', 'SUCCEEDED', 'FAILED', 'UNKNOWN', 'REFUNDED')`,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await replaceCheck(runner, {
      table: 'payments',
      name: 'payments_status_check',
      condition: `status IN ('PENDING', 'SUCCEEDED', 'FAILED', 'UNKNOWN', 'REFUNDED')`,
    });
    await createIndexConcurrently(
      runner,
      'payments_undecided',
      `ON payments (created_at) WHERE status IN ('PENDING', 'UNKNOWN')`,
    );
    await this.replaceIndexes(runner, oneLive.before, oneLive.now);
    await runner.query('ALTER TABLE payments DROP COLUMN IF EXISTS return_url');
  }

  private async replaceIndexes(
    runner: QueryRunner,
    { name, statuses }: (typeof oneLive)['now'],
    replaced: { name: string },
  ): Promise<void> {
    const definition = `ON payments (order_id) WHERE status IN (${statuses})`;
    await createIndexConcurrently(runner, name, definition, { unique: true });
    await dropIndexConcurrently(runner, replaced.name);
  }
}
