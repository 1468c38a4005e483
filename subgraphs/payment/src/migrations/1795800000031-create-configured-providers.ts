import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Providers that the service can call, written by the process that started last. Reconcile reads it: its own settings differ. */
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
