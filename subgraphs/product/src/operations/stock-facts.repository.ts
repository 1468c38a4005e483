import type { Snapshot } from '@shop/kit/operator';

/** A product's units by all three of its books. */
export interface StockFact {
  kind: 'product';
  productId: string;
  stock: number;
  held: number;
  committed: number;
  /** What was ever put in or taken out, summed. */
  ledger: number;
}

/** An order's claim on stock. Times are milliseconds since 1970. */
export interface ReservationFact {
  kind: 'reservation';
  orderId: string;
  status: 'HELD' | 'COMMITTED' | 'RELEASED';
  /** `<product id> <quantity>` of each line, by product. */
  lines: string;
  sinceMs: number;
}

/** `stock`, `held`, `committed` and `ledger` of each product; also what the metric counts breaches in. */
export const stockBooks = `
  SELECT products.id, products.stock, coalesce(lines.held, 0)::float8 AS held,
         coalesce(lines.committed, 0)::float8 AS committed, coalesce(entries.total, 0)::float8 AS ledger
    FROM products
    LEFT JOIN (SELECT product_id, sum(quantity) FILTER (WHERE status = 'HELD') AS held,
                      sum(quantity) FILTER (WHERE status = 'COMMITTED') AS committed
                 FROM reservation_lines JOIN reservations USING (order_id) GROUP BY product_id) AS lines
      ON lines.product_id = products.id
    LEFT JOIN (SELECT product_id, sum(delta) AS total FROM stock_ledger GROUP BY product_id) AS entries
      ON entries.product_id = products.id`;

/** Every product. */
export function stockFacts(snapshot: Snapshot): AsyncGenerator<StockFact> {
  return snapshot.rows<StockFact>(
    `/* StockFacts.products */
     SELECT 'product' AS kind, id AS "productId", stock, held, committed, ledger FROM (${stockBooks}) AS books`,
  );
}

/** Every reservation, by order. */
export function reservationFacts(snapshot: Snapshot): AsyncGenerator<ReservationFact> {
  return snapshot.rows<ReservationFact>(
    `/* StockFacts.reservations */
     SELECT 'reservation' AS kind, order_id AS "orderId", status,
            coalesce((SELECT string_agg(product_id || ' ' || quantity, ', ' ORDER BY product_id)
                        FROM reservation_lines WHERE order_id = reservations.order_id), '') AS lines,
            (extract(epoch FROM updated_at) * 1000)::float8 AS "sinceMs"
       FROM reservations ORDER BY order_id`,
  );
}
