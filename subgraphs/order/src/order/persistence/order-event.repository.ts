import { query, statement, type Transaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import type { OrderEventEntity } from './order-event.entity';

/** Must equal `@listSize` of Order.timeline. */
const maximumEntries = 50;

/**
 * DELETE of the entries beyond the maximum, before another one is inserted.
 *
 * @param orderId SQL parameter
 */
export function surplusEntries(orderId: string): string {
  return `DELETE FROM order_events WHERE order_id = ${orderId} AND sequence IN (
      SELECT sequence FROM order_events
       WHERE order_id = ${orderId} AND sequence > (SELECT min(sequence) FROM order_events WHERE order_id = ${orderId})
       ORDER BY sequence DESC OFFSET ${maximumEntries - 2})`;
}

const entryColumns = 'order_id AS "orderId", sequence, at, status, message';

const insert = statement(
  'OrderEventRepository.insert',
  `WITH surplus AS (${surplusEntries('$1')})
   INSERT INTO order_events (order_id, at, status, message)
   SELECT id, now(), status, $2 FROM orders WHERE id = $1 AND status IS NOT NULL`,
);

const keptOf = (orderId: string) =>
  `(SELECT ${entryColumns} FROM order_events WHERE order_id = ${orderId} ORDER BY sequence LIMIT 1)
   UNION
   (SELECT ${entryColumns} FROM order_events WHERE order_id = ${orderId}
     ORDER BY sequence DESC LIMIT ${maximumEntries - 1})`;

/**
 * For one order, which is the common case: PostgreSQL replans the statement for several on each
 * call.
 */
const findByOrderId = statement('OrderEventRepository.findByOrderId', `${keptOf('$1')} ORDER BY sequence`);

const findByOrderIds = statement(
  'OrderEventRepository.findByOrderIds',
  `SELECT kept.* FROM unnest($1::uuid[]) AS wanted (wanted_id) CROSS JOIN LATERAL (${keptOf('wanted_id')}) AS kept
    ORDER BY kept."orderId", kept.sequence`,
);

/** Timelines of orders: the first entry and the newest others. */
export class OrderEventRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Adds an entry without a state change. Does nothing for a draft, which has no timeline. */
  async insert(transaction: Transaction, entry: { orderId: string; message: string }): Promise<void> {
    await query(transaction, insert, [entry.orderId, entry.message]);
  }

  /** Sorted by order, then oldest first. */
  findByOrderIds(orderIds: readonly string[]): Promise<OrderEventEntity[]> {
    return orderIds.length === 1
      ? query(this.dataSource, findByOrderId, orderIds)
      : query(this.dataSource, findByOrderIds, [orderIds]);
  }
}
