import { withClient } from '@shop/local-stack/postgres';

/** The number of orders, and how many of them changed within the last minutes. */
export interface HistorySize {
  orders: number;
  recent: number;
}

/** Order `n` has the same ID in all services; eight of ten are paid, the others cancelled. */
const orderId = `('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;
const isSold = 'n % 10 < 8';
const at = `now() - CASE WHEN n > $1::int - $2::int THEN interval '20 minutes'
                         ELSE interval '1 day' + ($1::int - n) * interval '1 second' END`;
const series = 'generate_series(1, $1::int) AS n';

// By SQL, because a million orders through the services would take a day. Each order has one line.
const rows: Readonly<Record<'product' | 'order' | 'payment', readonly string[]>> = {
  product: [
    // The triggers would update a few rows a million times; the sums are computed at the end.
    'ALTER TABLE reservation_lines DISABLE TRIGGER USER',
    `INSERT INTO reservations (order_id, status, created_at, updated_at)
     SELECT ${orderId}, CASE WHEN ${isSold} THEN 'COMMITTED' ELSE 'RELEASED' END, ${at}, ${at} FROM ${series}`,
    `WITH listed AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS products FROM products)
     INSERT INTO reservation_lines (order_id, product_id, position, quantity, sku, name, unit_price_cents, currency)
     SELECT ${orderId}, id, 1, 1, 'SKU', 'Thing', 1000, 'EUR'
       FROM ${series} JOIN listed ON place = n % products WHERE $2::int >= 0`,
    'ALTER TABLE reservation_lines ENABLE TRIGGER USER',
    `WITH sold AS (SELECT product_id, count(*) AS units FROM reservation_lines JOIN reservations USING (order_id)
                    WHERE status = 'COMMITTED' GROUP BY product_id),
          summed AS (INSERT INTO stock_sums AS sums SELECT product_id, units, 0 FROM sold
                     ON CONFLICT (product_id) DO UPDATE SET reserved = sums.reserved + excluded.reserved)
     INSERT INTO stock_ledger (product_id, delta, reason, actor) SELECT product_id, units, 'history', 'bench' FROM sold`,
    'ANALYZE',
  ],
  order: [
    `INSERT INTO orders (id, user_id, step, attempt, payment_id, cancel_reason, currency, total_cents, expires_at,
                         created_at, updated_at, moved_at)
     SELECT ${orderId}, md5((n % 50000)::text)::uuid, CASE WHEN ${isSold} THEN 'SETTLED' ELSE 'CLOSED' END, 1,
            ${orderId}, CASE WHEN ${isSold} THEN NULL ELSE 'CUSTOMER' END, 'EUR', 1000, now(), ${at}, ${at}, ${at}
       FROM ${series}`,
    `INSERT INTO order_items (order_id, position, product_id, sku, name, quantity, unit_price_cents)
     SELECT ${orderId}, 0, (SELECT products[n % cardinality(products) + 1]), 'SKU', 'Thing', 1, 1000
       FROM ${series}, (SELECT $3::uuid[] AS products) AS catalogue WHERE $2::int >= 0`,
    'ANALYZE',
  ],
  payment: [
    `INSERT INTO payments (id, order_id, attempt, user_id, amount_cents, currency, status, sent, provider, provider_key,
                           created_at, updated_at)
     SELECT ${orderId}, ${orderId}, 1, md5((n % 50000)::text)::uuid, 1000, 'EUR', 'SUCCEEDED', true, 'simulator',
            'bench-' || n, ${at}, ${at}
       FROM ${series} WHERE ${isSold}`,
    `INSERT INTO simulator.charges (key, order_id, amount_cents, currency, outcome, settles_at, created_at)
     SELECT 'bench-' || n, ${orderId}, 1000, 'EUR', 'succeeded', ${at}, ${at} FROM ${series} WHERE ${isSold}`,
    'ANALYZE',
  ],
};

/**
 * Loads orders of several years into the databases of a stack, as the services would store them.
 */
export async function loadHistory(
  urls: Readonly<Record<'product' | 'order' | 'payment', string>>,
  { orders, recent }: HistorySize,
): Promise<void> {
  let products: string[] = [];
  await withClient(urls.product, async (client) => {
    const { rows: ids } = await client.query<{ id: string }>('SELECT id FROM products ORDER BY id');
    products = ids.map(({ id }) => id);
  });
  for (const service of ['product', 'order', 'payment'] as const) {
    await withClient(urls[service], async (client) => {
      for (const statement of rows[service]) {
        const parameters = [orders, recent, products].slice(0, parametersIn(statement));
        await client.query(statement, parameters);
      }
    });
  }
}

const parametersIn = (statement: string): number =>
  Math.max(0, ...[...statement.matchAll(/\$(\d)/g)].map(([, digit]) => Number(digit)));
