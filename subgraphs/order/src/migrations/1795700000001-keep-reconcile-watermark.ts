import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Stored in the order database, so that it is backed up and restored with the orders. */
export class KeepReconcileWatermark1795700000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE reconcile_watermark (
        is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
        clean_until timestamptz NOT NULL
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE reconcile_watermark');
  }
}
