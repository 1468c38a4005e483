import { createIndexConcurrently } from '@shop/kit/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For incremental reconciliation: open or recently changed reservations. */
export class FindChangedReservations1795700000001 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await createIndexConcurrently(runner, 'reservations_changed', 'ON reservations (updated_at)');
    await createIndexConcurrently(
      runner,
      'reservations_held',
      `ON reservations (order_id) WHERE status = 'HELD'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX reservations_held');
    await runner.query('DROP INDEX reservations_changed');
  }
}
