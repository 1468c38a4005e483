import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What providers told by webhook, as it came: the key is the provider's own id, so that a notice that comes twice is kept once. */
export class CreateWebhooks1795300000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE webhooks (
        provider text NOT NULL,
        id text NOT NULL,
        type text NOT NULL,
        charge_key text,
        body bytea NOT NULL,
        occurred_at timestamptz(3) NOT NULL,
        received_at timestamptz(3) NOT NULL DEFAULT now(),
        deliveries integer NOT NULL DEFAULT 1,
        attempts integer NOT NULL DEFAULT 0,
        outcome text CHECK (outcome IN ('inquired', 'already_decided', 'unknown_charge')),
        processed_at timestamptz(3) CHECK ((processed_at IS NULL) = (outcome IS NULL)),
        PRIMARY KEY (provider, id)
      )`);
    await queryRunner.query('CREATE INDEX ON webhooks (received_at)');
    await queryRunner.query('CREATE INDEX ON webhooks (received_at) WHERE processed_at IS NULL');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE webhooks');
  }
}
