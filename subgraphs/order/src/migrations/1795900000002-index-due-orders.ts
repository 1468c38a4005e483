import { createIndexConcurrently, dropIndexConcurrently, replaceCheck } from '@shop/kit/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Indexes of `orders`, which each change of a state pays for:
 * - `orders_pkey`: single orders.
 * - `orders_due`: the poller's claim, and undecided orders. Contains orders with work left only.
 * - `orders_open_of_customer`: the limits of a new order. Contains unpaid orders only.
 * - `orders_by_user`, `orders_by_user_and_status`, `orders_by_status`: the lists, which no other index can sort.
 * - `orders_moved` for incremental reconciliation is BRIN: one entry per 32 pages, which an update rarely changes. Orders
 *   rarely change after their first hour, so the pages with recent changes are those at the table's end.
 *
 * No change of a state can be a HOT update, because `step` and `due_at` are in indexes.
 */
const added: Readonly<Record<string, string>> = {
  orders_due: 'ON orders (due_at) WHERE due_at IS NOT NULL',
  orders_moved_range: 'ON orders USING brin (moved_at) WITH (pages_per_range = 32)',
};

const removed: Readonly<Record<string, string>> = {
  orders_undecided: `ON orders (moved_at) WHERE step NOT IN ('AWAITING_PAYMENT', 'SETTLED', 'CLOSED')`,
  orders_awaiting_payment: `ON orders (expires_at) WHERE step = 'AWAITING_PAYMENT'`,
  orders_moved: 'ON orders (moved_at)',
};

/** An order with work left is always due at some time, so that none is forgotten. */
const dueCheck = {
  table: 'orders',
  name: 'orders_due_until_rest',
  condition: "due_at IS NOT NULL OR step IN ('SETTLED', 'CLOSED')",
};
const currencyCheck = { table: 'orders', name: 'orders_currency_check' };

export class IndexDueOrders1795900000002 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, definition] of Object.entries(added))
      await createIndexConcurrently(runner, name, definition);
    for (const name of Object.keys(removed)) await dropIndexConcurrently(runner, name);
    // PostgreSQL evaluates every check at every update, and a regular expression is the most expensive of them. The product
    // subgraph checks the form of a currency when it is stored there.
    await replaceCheck(runner, { ...currencyCheck, condition: 'char_length(currency) = 3' });
    // Also what a process of the former version wrote after the columns were added.
    await runner.query(`UPDATE orders SET due_at = now() WHERE NOT (${dueCheck.condition})`);
    await replaceCheck(runner, dueCheck);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE orders DROP CONSTRAINT IF EXISTS ${dueCheck.name}`);
    await replaceCheck(runner, { ...currencyCheck, condition: "currency ~ '^[A-Z]{3}$'" });
    for (const [name, definition] of Object.entries(removed))
      await createIndexConcurrently(runner, name, definition);
    for (const name of Object.keys(added)) await dropIndexConcurrently(runner, name);
  }
}
