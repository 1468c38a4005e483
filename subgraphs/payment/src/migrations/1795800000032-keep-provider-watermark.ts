import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The time up to which `npm run reconcile -- --provider` has found no breach. Runs without `--provider` do not change it. */
export class KeepProviderWatermark1795800000032 implements MigrationInterface {
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
