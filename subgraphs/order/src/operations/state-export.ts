import { eventRecords } from '@shop/events/operator';
import {
  type ExportScope,
  exportState,
  scopeParameters,
  type Snapshot,
  scopeCondition,
} from '@shop/kit/operator';
import type { OrderStatus, OrderStep } from '../order/state/order-state';
import { undecidedOrders } from './order-metrics';

/** An order in the format of `reconcile`. Times are milliseconds since 1970. */
export interface OrderRecord {
  kind: 'order';
  orderId: string;
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
     SELECT 'order' AS kind, id AS "orderId", step, status, total_cents::float8 AS "totalCents", currency,
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

/** Exports the state of the order subgraph for `reconcile`. */
export function exportOrderState(databaseUrl: string, scope: ExportScope = {}): AsyncGenerator<object> {
  return exportState(databaseUrl, {
    service: 'order',
    read: (snapshot) => [eventRecords(snapshot), orderRecords(snapshot, scope)],
  });
}

/** Orders that are in progress, overdue, or have changed since. */
export function changes(databaseUrl: string, since: Date): AsyncGenerator<object> {
  return exportState(databaseUrl, { service: 'order', read: (snapshot) => [changedOrders(snapshot, since)] });
}
