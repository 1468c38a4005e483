import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The values from which a used refresh token's successor and its first access token are derived. Null for unused tokens and for
 * tokens that a process of an earlier version has exchanged.
 */
export class DeriveSuccessors1795800000040 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE refresh_tokens
        ADD COLUMN successor_salt bytea,
        ADD COLUMN successor_issued_at timestamptz(0)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'ALTER TABLE refresh_tokens DROP COLUMN successor_salt, DROP COLUMN successor_issued_at',
    );
  }
}
