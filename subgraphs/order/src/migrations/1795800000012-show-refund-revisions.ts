import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The refund revision that a cancelled order's timeline shows: events with a lower revision are ignored. */
export class ShowRefundRevisions1795800000012 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE orders ADD COLUMN refund_revision integer NOT NULL DEFAULT 0');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE orders DROP COLUMN refund_revision');
  }
}
