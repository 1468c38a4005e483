import { createIndexConcurrently, dropIndexConcurrently } from '@shop/kit/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For their retention: one or more per payment of the simulator. */
export class FindOldNotices1795900000045 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await createIndexConcurrently(
      runner,
      'simulator.notices_created_at',
      'ON simulator.notices (created_at)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndexConcurrently(runner, 'simulator.notices_created_at');
  }
}
