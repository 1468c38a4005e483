import { read } from './read';

export interface OrderRow {
  id: string;
  /** Null for a draft. */
  status: 'PENDING' | 'CONFIRMED' | 'CANCELLED' | null;
  step: string;
  isOverdue: boolean;
  totalCents: number;
  currency: string;
  /** `product quantity` of each line, sorted. */
  lines: string;
}

export interface ReservationRow {
  orderId: string;
  status: 'HELD' | 'COMMITTED' | 'RELEASED';
  lines: string;
}

export function readOrders(orderUrl: string): Promise<OrderRow[]> {
  return read<OrderRow>(
    orderUrl,
    `SELECT id, status, step, COALESCE(step = 'AWAITING_PAYMENT' AND expires_at < now(), false) AS "isOverdue",
            total_cents::float8 AS "totalCents", currency,
            COALESCE((SELECT string_agg(product_id || ' ' || quantity, ', ' ORDER BY product_id)
                        FROM order_items WHERE order_id = orders.id), '') AS lines
       FROM orders`,
  );
}

export function readReservations(productUrl: string): Promise<ReservationRow[]> {
  return read<ReservationRow>(
    productUrl,
    `SELECT order_id AS "orderId", status,
            COALESCE((SELECT string_agg(product_id || ' ' || quantity, ', ' ORDER BY product_id)
                        FROM reservation_lines WHERE order_id = reservations.order_id), '') AS lines
       FROM reservations`,
  );
}

const settledSteps = new Set(['AWAITING_PAYMENT', 'SETTLED', 'CLOSED']);
const reservationOfStatus = { PENDING: 'HELD', CONFIRMED: 'COMMITTED', CANCELLED: 'RELEASED' };

/** What holds once nothing is under way: each order has come to rest, and its stock agrees with it. */
export function findOrderViolations(orders: OrderRow[], reservations: ReservationRow[]): string[] {
  const reservationOf = new Map(reservations.map((reservation) => [reservation.orderId, reservation]));
  const ids = new Set(orders.map(({ id }) => id));
  const ofOrders = orders.flatMap((order) => {
    const reservation = reservationOf.get(order.id);
    return [
      !settledSteps.has(order.step) && `order ${order.id} is still at ${order.step}`,
      order.isOverdue && `order ${order.id} was to be paid by now, and still waits`,
      order.status &&
        reservation?.status !== reservationOfStatus[order.status] &&
        `order ${order.id} is ${order.status}, its reservation ${reservation?.status}`,
      order.status !== 'CANCELLED' &&
        reservation &&
        reservation.lines !== order.lines &&
        `order ${order.id} has [${order.lines}], its reservation [${reservation.lines}]`,
    ].filter((violation) => typeof violation === 'string');
  });
  const leftBehind = reservations
    .filter(({ orderId, status }) => !ids.has(orderId) && status !== 'RELEASED')
    .map(({ orderId, status }) => `a reservation is ${status} for ${orderId}, which is no order`);
  return [...ofOrders, ...leftBehind];
}
