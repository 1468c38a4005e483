import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The row of an order is its job: `due_at` says when the poller takes it. `version` increases with each change of the state,
 * so that a write that was decided on an older state is refused. Only orders with work left get a time here; orders at rest
 * are not read.
 */
export class WorkInRows1795900000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE orders
         ADD COLUMN version integer NOT NULL DEFAULT 0,
         ADD COLUMN due_at timestamptz,
         ADD COLUMN due_tries integer NOT NULL DEFAULT 0`,
    );
    await queryRunner.query(
      `UPDATE orders SET due_at = now() WHERE step NOT IN ('AWAITING_PAYMENT', 'SETTLED', 'CLOSED')`,
    );
    await queryRunner.query(`UPDATE orders SET due_at = expires_at WHERE step = 'AWAITING_PAYMENT'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'ALTER TABLE orders DROP COLUMN due_tries, DROP COLUMN due_at, DROP COLUMN version',
    );
  }
}
