import { createIndexConcurrently, dropIndexConcurrently } from '@shop/kit/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For lists of products with a rare currency, which would otherwise read the whole table. */
export class IndexCurrency1795900000100 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await createIndexConcurrently(runner, 'products_by_currency', 'ON products (currency, price_cents, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndexConcurrently(runner, 'products_by_currency');
  }
}
