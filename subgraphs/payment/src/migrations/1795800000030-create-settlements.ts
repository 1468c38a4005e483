import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Manual settlements: at most one per payment, with its reason. */
export class CreateSettlements1795800000030 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE settlements (
        payment_id uuid PRIMARY KEY REFERENCES payments,
        settled_as text NOT NULL CHECK (settled_as IN ('SUCCEEDED', 'FAILED')),
        reason text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 200),
        asked_provider boolean NOT NULL,
        settled_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE settlements');
  }
}
