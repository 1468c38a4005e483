import { inboxIndex } from '@shop/events/inbox';
import { dropEventTables, eventTables } from '@shop/events/outbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What subscribers, this service's own inbox among them, have not taken yet, and what they refused for good. */
export class CreateEventDeliveries1795410000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of eventTables) await queryRunner.query(statement);
    await queryRunner.query(inboxIndex);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX inbox_received_at');
    await queryRunner.query(dropEventTables);
  }
}
