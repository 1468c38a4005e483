import { read } from './read';

/** What holds at every moment: no stock below zero, and nothing of it lost or made up. */
export async function findStockViolations(productUrl: string): Promise<string[]> {
  const products = await read<{ id: string; stock: number; held: number; sold: number; ledger: number }>(
    productUrl,
    `SELECT products.id, products.stock,
            COALESCE(lines.held, 0)::float8 AS held, COALESCE(lines.sold, 0)::float8 AS sold,
            COALESCE(ledger.total, 0)::float8 AS ledger
       FROM products
       LEFT JOIN (SELECT product_id, sum(quantity) FILTER (WHERE status = 'HELD') AS held,
                         sum(quantity) FILTER (WHERE status = 'COMMITTED') AS sold
                    FROM reservation_lines JOIN reservations USING (order_id) GROUP BY product_id) AS lines
         ON lines.product_id = products.id
       LEFT JOIN (SELECT product_id, sum(delta) AS total FROM stock_ledger GROUP BY product_id) AS ledger
         ON ledger.product_id = products.id
      WHERE products.stock < 0
         OR products.stock + COALESCE(lines.held, 0) + COALESCE(lines.sold, 0) <> COALESCE(ledger.total, 0)`,
  );
  return products.map(
    ({ id, stock, held, sold, ledger }) =>
      `product ${id}: stock ${stock} + held ${held} + committed ${sold} is not the ledger's ${ledger}, or below zero`,
  );
}
