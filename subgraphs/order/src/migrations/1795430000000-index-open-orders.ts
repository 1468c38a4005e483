import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a customer holds without having paid is read with each new order. The indexes with a status serve it too, but the planner prefers
 * the one on status alone when few orders are PENDING, and that reads everybody's when many are. This one holds open orders only.
 */
export class IndexOpenOrders1795430000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX orders_open_of_customer ON orders (user_id)
        WHERE step IN ('RESERVING', 'AWAITING_PAYMENT', 'PAYING')`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX orders_open_of_customer');
  }
}
