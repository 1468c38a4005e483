import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The simulated provider's own books. Nothing of the shop refers to them, as it could not to a real provider's. */
export class CreateSimulator1795300000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE SCHEMA simulator');
    await queryRunner.query(`
      CREATE TABLE simulator.charges (
        key text PRIMARY KEY,
        reference text NOT NULL DEFAULT 'sim_ch_' || uuidv7(),
        order_id uuid NOT NULL,
        amount_cents bigint NOT NULL CHECK (amount_cents BETWEEN 0 AND 9007199254740991),
        currency text NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('succeeded', 'declined', 'cancelled')),
        failure_code text CHECK ((failure_code IS NOT NULL) = (outcome = 'declined')),
        settles_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await queryRunner.query('CREATE INDEX ON simulator.charges (order_id)');
    await queryRunner.query(`
      CREATE TABLE simulator.refunds (
        key text PRIMARY KEY,
        reference text NOT NULL DEFAULT 'sim_re_' || uuidv7(),
        charge_key text NOT NULL UNIQUE REFERENCES simulator.charges,
        amount_cents bigint NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP SCHEMA simulator CASCADE');
  }
}
