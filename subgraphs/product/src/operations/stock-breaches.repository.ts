import type { DataSource } from 'typeorm';

/** Products whose books do not agree, by their running sums: as long as the catalogue, however many orders there were. */
export async function countStockBreaches(dataSource: DataSource): Promise<number> {
  const [{ breaches }] = await dataSource.query<[{ breaches: number }]>(
    `/* StockBreaches.count */
     SELECT count(*)::int AS breaches
       FROM products LEFT JOIN stock_sums AS sums ON sums.product_id = products.id
      WHERE stock < 0 OR stock + coalesce(sums.reserved, 0) <> coalesce(sums.ledger, 0)`,
  );
  return breaches;
}
