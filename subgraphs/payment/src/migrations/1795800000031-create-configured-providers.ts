import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which providers the service can call, as the process that started last wrote it: reconcile runs with other settings. */
export class CreateConfiguredProviders1795800000031 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE configured_providers (
        provider text PRIMARY KEY,
        configured_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE configured_providers');
  }
}
