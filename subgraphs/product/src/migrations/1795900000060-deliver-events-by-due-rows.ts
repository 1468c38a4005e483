import { deliverByDueRows, deliverByJobs } from '@shop/events/outbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events are delivered from `event_deliveries` alone; open jobs of the former queue become rows of it. */
export class DeliverEventsByDueRows1795900000060 implements MigrationInterface {
  readonly name = 'DeliverEventsByDueRows1795900000060';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of deliverByDueRows) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of deliverByJobs) await queryRunner.query(statement);
  }
}
