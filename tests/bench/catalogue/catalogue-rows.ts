import { withClient } from '@shop/local-stack/postgres';

/**
 * Copies the products of the seed until the table has `size` rows, by SQL, because the seed program
 * would take an hour. One of a hundred copies has the same name.
 */
export async function growCatalogue(url: string, size: number): Promise<void> {
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ indexdef: string }>(
      `SELECT indexdef FROM pg_indexes WHERE indexname = 'products_by_word'`,
    );
    const [index] = rows;
    if (!index) throw new Error('The table products has no index products_by_word.');
    // Built at the end, which is faster than a million insertions.
    await client.query('DROP INDEX products_by_word');
    await client.query(
      `INSERT INTO products (sku, name, description, price_cents, currency, stock)
       SELECT 'COPY-' || n, name || ' ' || n / 100, description, price_cents + n % 97, currency, stock
         FROM generate_series((SELECT count(*)::int + 1 FROM products), $1::int) AS n
         JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS seeded
                 FROM products) AS seed ON place = n % seeded`,
      [size],
    );
    await client.query(index.indexdef);
    await client.query('VACUUM (ANALYZE) products');
  });
}

/** Sequential scans of the table of products since the start of the server. */
export async function sequentialScans(url: string): Promise<number> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ scans: string }>(
      `SELECT seq_scan AS scans FROM pg_stat_user_tables WHERE relname = 'products'`,
    );
    return Number(rows[0]?.scans);
  });
}
