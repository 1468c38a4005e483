import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The operator's settlement compares its provider credentials with the service's. Null: none, or not started since. */
export class FingerprintProviderCredentials1795800000033 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE configured_providers ADD COLUMN credentials_fingerprint text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE configured_providers DROP COLUMN credentials_fingerprint');
  }
}
