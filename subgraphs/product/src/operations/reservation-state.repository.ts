import { type ExportScope, scopeCondition, scopeParameters, type Snapshot } from '@shop/kit/operator';

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
