import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `updated_at` tells when the world saw a change; `moved_at` tells since when an order is at its step, so that one that is stuck
 * can be told from one at work. The index holds the few that are not at rest.
 */
export class NoteWhenOrdersMoved1795400000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE orders ADD COLUMN moved_at timestamptz NOT NULL DEFAULT now()');
    await queryRunner.query(
      `CREATE INDEX orders_undecided ON orders (moved_at) WHERE step NOT IN ('AWAITING_PAYMENT', 'SETTLED', 'CLOSED')`,
    );
    await queryRunner.query(
      `CREATE INDEX orders_awaiting_payment ON orders (expires_at) WHERE step = 'AWAITING_PAYMENT'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX orders_awaiting_payment');
    await queryRunner.query('ALTER TABLE orders DROP COLUMN moved_at');
  }
}
