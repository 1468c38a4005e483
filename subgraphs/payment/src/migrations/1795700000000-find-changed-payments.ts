import { createIndexConcurrently, dropIndexConcurrently } from '@shop/kit/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For metrics and incremental reconciliation: undecided or recently changed payments. */
const indexes: Readonly<Record<string, string>> = {
  payments_undecided: `ON payments (created_at) WHERE status IN ('PENDING', 'UNKNOWN')`,
  payments_changed: 'ON payments (updated_at)',
  refunds_pending: `ON refunds (created_at) WHERE status = 'PENDING'`,
  refunds_changed: 'ON refunds (updated_at)',
  'simulator.charges_settled': 'ON simulator.charges (settles_at)',
  'simulator.refunds_created': 'ON simulator.refunds (created_at)',
};

export class FindChangedPayments1795700000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, definition] of Object.entries(indexes))
      await createIndexConcurrently(runner, name, definition);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(indexes)) await dropIndexConcurrently(runner, name);
  }
}
