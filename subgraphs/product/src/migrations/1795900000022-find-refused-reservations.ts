import { createIndexConcurrently, dropIndexConcurrently } from '@shop/kit/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * For their retention. Reservations that are released before they hold anything are few among many that stay for ever, so the
 * index has only them: they are RELEASED since they were created.
 */
export class FindRefusedReservations1795900000022 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await createIndexConcurrently(
      runner,
      'reservations_refused',
      `ON reservations (created_at) WHERE status = 'RELEASED' AND created_at = updated_at`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndexConcurrently(runner, 'reservations_refused');
  }
}
