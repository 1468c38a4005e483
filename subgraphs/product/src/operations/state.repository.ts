import { type ExportScope, scopeParameters, type Snapshot, scopeCondition } from '@shop/kit/operator';
import type { DataSource } from 'typeorm';

/** A product's units by stock, reservations and ledger. */
export interface StockRecord {
  kind: 'product';
  productId: string;
  stock: number;
  held: number;
  committed: number;
  /** Sum of all ledger entries. */
  ledger: number;
  /** The running sums, for comparison; null if the other numbers are computed from them. */
  sums: { reserved: number; ledger: number } | null;
}

/** Every product by its running sums. Counts held units only, which are bounded by open orders. */
export function summedStockRecords(snapshot: Snapshot): AsyncGenerator<StockRecord> {
  return snapshot.rows<StockRecord>(
    `/* StockRecords.summed */
     SELECT 'product' AS kind, id AS "productId", stock, coalesce(lines.held, 0)::float8 AS held,
            (coalesce(sums.reserved, 0) - coalesce(lines.held, 0))::float8 AS committed,
            coalesce(sums.ledger, 0)::float8 AS ledger, NULL AS sums
       FROM products
       LEFT JOIN stock_sums AS sums ON sums.product_id = id
       LEFT JOIN (SELECT product_id, sum(quantity) AS held
                    FROM (SELECT order_id FROM reservations WHERE status = 'HELD') AS open
                    JOIN reservation_lines USING (order_id) GROUP BY product_id) AS lines
         ON lines.product_id = id`,
  );
}

/** Every product, counted from all reservations and ledger entries; the time grows with history. */
export function countedStockRecords(snapshot: Snapshot): AsyncGenerator<StockRecord> {
  return snapshot.rows<StockRecord>(
    `/* StockRecords.counted */
     SELECT 'product' AS kind, id AS "productId", stock, coalesce(lines.held, 0)::float8 AS held,
            coalesce(lines.committed, 0)::float8 AS committed, coalesce(entries.total, 0)::float8 AS ledger,
            jsonb_build_object('reserved', coalesce(sums.reserved, 0), 'ledger', coalesce(sums.ledger, 0)) AS sums
       FROM products
       LEFT JOIN stock_sums AS sums ON sums.product_id = id
       LEFT JOIN (SELECT product_id, sum(quantity) FILTER (WHERE status = 'HELD') AS held,
                         sum(quantity) FILTER (WHERE status = 'COMMITTED') AS committed
                    FROM reservation_lines JOIN reservations USING (order_id) GROUP BY product_id) AS lines
         ON lines.product_id = id
       LEFT JOIN (SELECT product_id, sum(delta) AS total FROM stock_ledger GROUP BY product_id) AS entries
         ON entries.product_id = id`,
  );
}

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

/** Held reservations have their own index; there is one per open order. */
export async function countHeldReservations(dataSource: DataSource): Promise<number> {
  const [{ held }] = await dataSource.query<[{ held: number }]>(
    `/* Reservations.countHeld */ SELECT count(*)::int AS held FROM reservations WHERE status = 'HELD'`,
  );
  return held;
}

/** The reservation of an order. Times are Unix times in ms. */
export interface ReservationRecord {
  kind: 'reservation';
  orderId: string;
  status: 'HELD' | 'COMMITTED' | 'RELEASED';
  /** `<product ID> <quantity>` of each line, sorted by product. */
  lines: string;
  sinceMs: number;
}

/** Reservations, sorted by order. */
export function reservationRecords(
  snapshot: Snapshot,
  scope: ExportScope,
): AsyncGenerator<ReservationRecord> {
  return snapshot.rows<ReservationRecord>(
    `/* ReservationRecords.reservations */
     SELECT 'reservation' AS kind, order_id AS "orderId", status,
            coalesce((SELECT string_agg(product_id || ' ' || quantity, ', ' ORDER BY product_id)
                        FROM reservation_lines WHERE order_id = reservations.order_id), '') AS lines,
            (extract(epoch FROM updated_at) * 1000)::float8 AS "sinceMs"
       FROM reservations WHERE ${scopeCondition('order_id')} ORDER BY order_id`,
    scopeParameters(scope),
  );
}

/** Orders whose reservation is HELD or has changed since; may contain duplicates. */
export function changedReservations(snapshot: Snapshot, since: Date): AsyncGenerator<{ orderId: string }> {
  return snapshot.rows<{ orderId: string }>(
    `/* ReservationRecords.changed */
     SELECT 'changed' AS kind, order_id AS "orderId" FROM reservations WHERE status = 'HELD'
     UNION ALL
     SELECT 'changed', order_id FROM reservations WHERE updated_at >= $1`,
    [since],
  );
}
