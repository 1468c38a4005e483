import { withClient } from '@shop/local-stack/postgres';
import { cloneDatabase } from '@shop/testkit/database';

const subgraphs = ['user', 'product', 'order', 'payment'] as const;
type Subgraph = (typeof subgraphs)[number];

/** The four databases of a shop. */
export interface TestShop {
  urls: Record<Subgraph, string>;
  /** Resets the data to one order of an hour ago, confirmed and paid. */
  reset(): Promise<void>;
  /** Runs statements directly in a database. */
  sql(subgraph: Subgraph, statements: string): Promise<void>;
  drop(): Promise<void>;
}

export async function openTestShop(): Promise<TestShop> {
  const databases = await Promise.all(subgraphs.map((name) => cloneDatabase(name)));
  const urls = Object.fromEntries(
    subgraphs.map((name, index) => [name, databases[index]!.url]),
  ) as TestShop['urls'];
  const sql: TestShop['sql'] = (subgraph, statements) =>
    withClient(urls[subgraph], async (client) => void (await client.query(statements)));
  const shop: TestShop = {
    urls,
    sql,
    async reset() {
      await Promise.all([sql('product', products), sql('order', orders), sql('payment', payments)]);
    },
    drop: async () => void (await Promise.all(databases.map((database) => database.drop()))),
  };
  await shop.reset();
  return shop;
}

const product = '00000000-0000-7000-8000-00000000000a';
const order = '00000000-0000-7000-8000-00000000000b';
const payment = '00000000-0000-7000-8000-00000000000c';

// Ten units were added, two of them sold for 10.00 EUR each.
const products = `
  TRUNCATE stock_ledger, reservation_lines, reservations, products;
  ALTER TABLE products DROP CONSTRAINT IF EXISTS products_stock_not_negative;
  ALTER TABLE products ADD CONSTRAINT products_stock_not_negative CHECK (stock >= 0);
  INSERT INTO products (id, sku, name, price_cents, currency, stock) VALUES ('${product}', 'A', 'Thing', 1000, 'EUR', 8);
  INSERT INTO stock_ledger (product_id, delta, reason, actor) VALUES ('${product}', 10, 'initial', 'test');
  INSERT INTO reservations (order_id, status, updated_at) VALUES ('${order}', 'COMMITTED', now() - interval '1 hour');
  INSERT INTO reservation_lines (order_id, product_id, position, quantity, sku, name, unit_price_cents, currency)
  VALUES ('${order}', '${product}', 0, 2, 'A', 'Thing', 1000, 'EUR')`;

const orders = `
  TRUNCATE order_items, order_events, dead_letters, orders;
  INSERT INTO orders (id, user_id, step, attempt, payment_id, currency, total_cents, expires_at, moved_at)
  VALUES ('${order}', uuidv7(), 'SETTLED', 1, '${payment}', 'EUR', 2000, now(), now() - interval '1 hour');
  INSERT INTO order_items (order_id, position, product_id, sku, name, quantity, unit_price_cents)
  VALUES ('${order}', 0, '${product}', 'A', 'Thing', 2, 1000)`;

const payments = `
  TRUNCATE configured_providers, settlements, refunds, payments, webhooks, event_deliveries, simulator.refunds, simulator.charges;
  INSERT INTO payments (id, order_id, attempt, user_id, amount_cents, currency, status, sent, provider, provider_key,
                        created_at, updated_at)
  VALUES ('${payment}', '${order}', 1, uuidv7(), 2000, 'EUR', 'SUCCEEDED', true, 'simulator', 'key',
          now() - interval '1 hour', now() - interval '1 hour');
  INSERT INTO simulator.charges (key, order_id, amount_cents, currency, outcome, settles_at, created_at)
  VALUES ('key', '${order}', 2000, 'EUR', 'succeeded', now() - interval '1 hour', now() - interval '1 hour')`;
