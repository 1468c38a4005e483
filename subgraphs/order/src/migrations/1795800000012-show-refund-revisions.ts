import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The revision of the refund that a cancelled order's timeline shows: older events about it change nothing. */
export class ShowRefundRevisions1795800000012 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE orders ADD COLUMN refund_revision integer NOT NULL DEFAULT 0');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE orders DROP COLUMN refund_revision');
  }
}
