import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePayments1795300000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE payments (
        id uuid PRIMARY KEY DEFAULT uuidv7(),
        order_id uuid NOT NULL,
        attempt integer NOT NULL CHECK (attempt > 0),
        user_id uuid NOT NULL,
        amount_cents bigint NOT NULL CHECK (amount_cents BETWEEN 0 AND 9007199254740991),
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        payment_method text CHECK (length(payment_method) <= 128),
        status text NOT NULL CHECK (status IN ('PENDING', 'SUCCEEDED', 'FAILED', 'UNKNOWN', 'REFUNDED')),
        sent boolean NOT NULL CHECK (sent OR status = 'FAILED'),
        provider text NOT NULL,
        provider_key text NOT NULL,
        provider_reference text,
        failure_code text CHECK ((failure_code IS NOT NULL) = (status = 'FAILED')),
        visits integer NOT NULL DEFAULT 0,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        UNIQUE (order_id, attempt),
        UNIQUE (provider, provider_key)
      )`);
    // Whatever the order subgraph believes, an order that is paid or may be paid is not charged under another key.
    await queryRunner.query(`
      CREATE UNIQUE INDEX payments_one_live_per_order ON payments (order_id)
      WHERE status IN ('PENDING', 'UNKNOWN', 'SUCCEEDED')`);
    await queryRunner.query(`
      CREATE TABLE refunds (
        payment_id uuid PRIMARY KEY REFERENCES payments,
        provider_key text NOT NULL UNIQUE,
        status text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'SUCCEEDED')),
        provider_reference text,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE refunds');
    await queryRunner.query('DROP TABLE payments');
  }
}
