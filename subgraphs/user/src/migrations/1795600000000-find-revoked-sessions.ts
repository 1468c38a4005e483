import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every service asks several times a minute who was signed out just now. */
export class FindRevokedSessions1795600000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'CREATE INDEX session_families_revoked ON session_families (revoked_at) WHERE revoked_at IS NOT NULL',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX session_families_revoked');
  }
}
