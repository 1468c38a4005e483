import { dropEventTables, eventTables } from '@shop/events/outbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What subscribers have not taken yet, and what they refused for good. */
export class CreateEventDeliveries1795410000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of eventTables) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(dropEventTables);
  }
}
