import { createIndexConcurrently } from '@shop/kit/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** SHA-256 of the idempotency key; unique, so that concurrent requests create one account. */
export class RememberRegistrationKeys1795700000000 implements MigrationInterface {
  readonly transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE users ADD COLUMN IF NOT EXISTS registration_key_hash bytea');
    await createIndexConcurrently(
      queryRunner,
      'users_registration_key_hash',
      'ON users (registration_key_hash) WHERE registration_key_hash IS NOT NULL',
      { unique: true },
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE users DROP COLUMN registration_key_hash');
  }
}
