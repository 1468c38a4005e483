import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where the provider sends a customer back to, while an order is being paid. */
export class KeepReturnUrl1795800000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE orders ADD COLUMN return_url text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE orders DROP COLUMN return_url');
  }
}
