import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The URL to which the provider redirects the customer; set only while the order is being paid. */
export class KeepReturnUrl1795800000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE orders ADD COLUMN return_url text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE orders DROP COLUMN return_url');
  }
}
