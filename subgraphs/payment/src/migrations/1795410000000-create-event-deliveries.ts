import { dropEventTables, eventTables } from '@shop/events/outbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What subscribers have not taken yet, and what they refused for good. Until now an event was given up in silence after ten
 * attempts, whatever the reason: those get their chance again. A new database has no job queue.
 */
export class CreateEventDeliveries1795410000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of eventTables) await queryRunner.query(statement);
    await queryRunner.query(`
      DO $$ BEGIN
        IF to_regclass('graphile_worker.jobs') IS NOT NULL THEN
          PERFORM graphile_worker.reschedule_jobs(ARRAY(
            SELECT id FROM graphile_worker.jobs WHERE task_identifier = 'publish-event' AND locked_at IS NULL
          ), run_at := now(), attempts := 0, max_attempts := 32767);
        END IF;
      END $$`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(dropEventTables);
  }
}
