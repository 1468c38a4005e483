import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The trace of the request or job that wrote a timeline entry; null for older entries. */
export class TraceTimelineEntries1795900000080 implements MigrationInterface {
  readonly name = 'TraceTimelineEntries1795900000080';

  // Without a default, so no row is rewritten.
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE order_events ADD COLUMN IF NOT EXISTS trace_id text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE order_events DROP COLUMN IF EXISTS trace_id');
  }
}
