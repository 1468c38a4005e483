import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Create__Table____timestamp__ implements MigrationInterface {
  readonly name = 'Create__Table____timestamp__';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE __table__ (
         id uuid PRIMARY KEY,
         title text NOT NULL,
         created_at timestamptz(3) NOT NULL DEFAULT now()
       )`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE __table__');
  }
}
