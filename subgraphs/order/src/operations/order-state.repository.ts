import { type ExportScope, scopeParameters, type Snapshot, scopeCondition } from '@shop/kit/operator';
import type { DataSource } from 'typeorm';
import type { OrderStatus, OrderStep } from '../order/state/order-state';

/**
 * Orders in progress or overdue, and since when. All of them are due within a minute, because no
 * lease and no pause is longer. So the index excludes finished orders and most of those that wait
 * for a payment.
 */
const undecidedOrders = `
  SELECT id, CASE WHEN step = 'AWAITING_PAYMENT' THEN expires_at ELSE moved_at END AS since FROM orders
   WHERE due_at <= now() + interval '1 minute' AND (step <> 'AWAITING_PAYMENT' OR expires_at < now())`;

/**
 * Number of orders in progress or overdue, and the age of the oldest one; null if there is none.
 */
export async function countUndecidedOrders(
  dataSource: DataSource,
): Promise<{ undecided: number; oldestSeconds: number | null }> {
  const [counts] = await dataSource.query<[{ undecided: number; oldestSeconds: number | null }]>(
    `/* UndecidedOrders.count */
     SELECT count(*)::int AS undecided, extract(epoch FROM now() - min(since))::float8 AS "oldestSeconds"
       FROM (${undecidedOrders}) AS undecided`,
  );
  return counts;
}

/** An order in the format of `reconcile`. Times are milliseconds since 1970. */
export interface OrderRecord {
  kind: 'order';
  orderId: string;
  userId: string;
  paymentId: string | null;
  step: OrderStep;
  /** Null for a draft, as are total and currency. */
  status: OrderStatus | null;
  totalCents: number | null;
  currency: string | null;
  /** `<product id> <quantity>` of each line, by product. */
  lines: string;
  /** When it reached its step. */
  sinceMs: number;
  expiresAtMs: number | null;
}

/** Orders, sorted by ID. */
export function orderRecords(snapshot: Snapshot, scope: ExportScope): AsyncGenerator<OrderRecord> {
  return snapshot.rows<OrderRecord>(
    `/* OrderRecords.orders */
     SELECT 'order' AS kind, id AS "orderId", user_id AS "userId", payment_id AS "paymentId", step, status, total_cents::float8 AS "totalCents", currency,
            coalesce((SELECT string_agg(product_id || ' ' || quantity, ', ' ORDER BY product_id)
                        FROM order_items WHERE order_id = orders.id), '') AS lines,
            (extract(epoch FROM moved_at) * 1000)::float8 AS "sinceMs",
            (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAtMs"
       FROM orders WHERE ${scopeCondition('id')} ORDER BY id`,
    scopeParameters(scope),
  );
}

/** Orders that are undecided or have changed since; may contain an order twice. */
export function changedOrders(snapshot: Snapshot, since: Date): AsyncGenerator<{ orderId: string }> {
  return snapshot.rows<{ orderId: string }>(
    `/* OrderRecords.changed */
     SELECT 'changed' AS kind, id AS "orderId" FROM (${undecidedOrders}) AS undecided
     UNION ALL
     SELECT 'changed', id FROM orders WHERE moved_at >= $1`,
    [since],
  );
}

/**
 * Makes orders that await payment expire now; the service then cancels them.
 *
 * @returns the IDs of those
 */
export async function expireOrders(dataSource: DataSource, orderIds: readonly string[]): Promise<string[]> {
  // typeorm returns the rows and their number for an UPDATE.
  const [rows] = await dataSource.query<[{ id: string }[], number]>(
    `/* OrderRecords.expire */
     WITH locked AS (
       SELECT id FROM orders WHERE id = ANY ($1::uuid[]) AND step = 'AWAITING_PAYMENT' AND expires_at > now()
        ORDER BY id FOR NO KEY UPDATE)
     UPDATE orders SET expires_at = now(), due_at = now()
       FROM locked WHERE orders.id = locked.id RETURNING orders.id`,
    [orderIds],
  );
  return rows.map(({ id }) => id);
}
