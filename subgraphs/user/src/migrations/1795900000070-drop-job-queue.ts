import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The former job queue, graphile-worker. Earlier migrations have turned its open jobs into due rows. */
export class DropJobQueue1795900000070 implements MigrationInterface {
  readonly name = 'DropJobQueue1795900000070';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP SCHEMA IF EXISTS graphile_worker CASCADE');
  }

  /** The former version creates the schema again when it migrates. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}
