import { createIndexConcurrently, dropIndexConcurrently } from '@shop/kit/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Each new order reads the customer's open orders. Without this partial index the planner may choose
 * the index on status alone, which scans the PENDING orders of all customers.
 */
export class IndexOpenOrders1795430000000 implements MigrationInterface {
  readonly transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    await createIndexConcurrently(
      queryRunner,
      'orders_open_of_customer',
      `ON orders (user_id) WHERE step IN ('RESERVING', 'AWAITING_PAYMENT', 'PAYING')`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropIndexConcurrently(queryRunner, 'orders_open_of_customer');
  }
}
