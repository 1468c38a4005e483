import type { DataSource } from 'typeorm';

/** Products whose stock differs from the running sums. Reads one row per product. */
export async function countStockBreaches(dataSource: DataSource): Promise<number> {
  const [{ breaches }] = await dataSource.query<[{ breaches: number }]>(
    `/* StockBreaches.count */
     SELECT count(*)::int AS breaches
       FROM products LEFT JOIN stock_sums AS sums ON sums.product_id = products.id
      WHERE stock < 0 OR stock + coalesce(sums.reserved, 0) <> coalesce(sums.ledger, 0)`,
  );
  return breaches;
}
