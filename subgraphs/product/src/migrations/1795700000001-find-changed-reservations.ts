import { createIndexConcurrently, dropIndexConcurrently } from '@shop/kit/database';
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
    await dropIndexConcurrently(runner, 'reservations_held');
    await dropIndexConcurrently(runner, 'reservations_changed');
  }
}
