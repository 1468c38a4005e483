import { createIndexConcurrently, dropIndexConcurrently } from '@shop/kit/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The lists' indexes sort IDs in an order that the primary key cannot provide (DESC NULLS LAST), so
 * that wrong estimates cannot make the planner scan the primary key across all customers' orders.
 * `orders_moved` is for incremental reconciliation.
 */
const indexes: Readonly<Record<string, string>> = {
  orders_by_user: 'ON orders (user_id DESC NULLS LAST, id DESC NULLS LAST) WHERE status IS NOT NULL',
  orders_by_user_and_status:
    'ON orders (user_id DESC NULLS LAST, status DESC NULLS LAST, id DESC NULLS LAST)',
  orders_by_status: 'ON orders (status DESC NULLS LAST, id DESC NULLS LAST)',
  orders_moved: 'ON orders (moved_at)',
};

const replaced: Readonly<Record<string, string>> = {
  orders_user: 'ON orders (user_id, id) WHERE status IS NOT NULL',
  orders_user_status: 'ON orders (user_id, status, id)',
  orders_status: 'ON orders (status, id)',
};

export class ReadOrdersByIndex1795700000000 implements MigrationInterface {
  readonly transaction = false;

  up(runner: QueryRunner): Promise<void> {
    return replace(runner, replaced, indexes);
  }

  down(runner: QueryRunner): Promise<void> {
    return replace(runner, indexes, replaced);
  }
}

async function replace(
  runner: QueryRunner,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, definition] of Object.entries(after))
    await createIndexConcurrently(runner, name, definition);
  for (const name of Object.keys(before)) await dropIndexConcurrently(runner, name);
}
