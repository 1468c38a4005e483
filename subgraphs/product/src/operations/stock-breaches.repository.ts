import type { DataSource } from 'typeorm';
import { stockBooks } from './stock-facts.repository';

/** Products whose books do not agree; reads them all, so seldom. */
export async function countStockBreaches(dataSource: DataSource): Promise<number> {
  const [{ breaches }] = await dataSource.query<[{ breaches: number }]>(
    `/* StockBreaches.count */
     SELECT count(*)::int AS breaches FROM (${stockBooks}) AS books
      WHERE stock < 0 OR stock + held + committed <> ledger`,
  );
  return breaches;
}
