import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Payment attempts that never reached the payment subgraph: they do not count towards the limit of an order. The check is not
 * validated: older rows have the default, and reading them all would stop the orders meanwhile.
 */
export class CountUnreachedAttempts1795700000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE orders
         ADD COLUMN unreached_attempts integer NOT NULL DEFAULT 0,
         ADD CONSTRAINT orders_unreached_attempts CHECK (unreached_attempts BETWEEN 0 AND attempt) NOT VALID`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE orders DROP COLUMN unreached_attempts');
  }
}
