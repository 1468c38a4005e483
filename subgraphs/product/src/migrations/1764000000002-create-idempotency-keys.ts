import type { MigrationInterface, QueryRunner } from 'typeorm';

/** First answers of mutations that came with an idempotency key. */
export class CreateIdempotencyKeys1764000000002 implements MigrationInterface {
  readonly name = 'CreateIdempotencyKeys1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_keys (
        user_id text NOT NULL,
        key text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 128),
        request_hash bytea NOT NULL,
        answer jsonb,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (user_id, key)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}
