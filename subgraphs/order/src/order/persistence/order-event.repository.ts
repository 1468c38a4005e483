import type { Transaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import type { OrderEventEntity } from './order-event.entity';

/** Must equal `@listSize` of Order.timeline. */
const maximumEntries = 50;

/** Timelines of orders: the first entry (when the order was placed) and the newest others. */
export class OrderEventRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Removes the oldest entries after the first if there are too many.
   *
   * @returns the entry's sequence, increasing per order if the caller holds the order's lock
   */
  async insert(
    transaction: Transaction,
    entry: Pick<OrderEventEntity, 'orderId' | 'status' | 'message'>,
  ): Promise<number> {
    const [inserted] = await transaction.query<[{ sequence: number }]>(
      `/* OrderEventRepository.insert */
       WITH surplus AS (
         DELETE FROM order_events WHERE order_id = $1 AND sequence IN (
           SELECT sequence FROM order_events
           WHERE order_id = $1 AND sequence > (SELECT min(sequence) FROM order_events WHERE order_id = $1)
           ORDER BY sequence DESC OFFSET ${maximumEntries - 2})
       )
       INSERT INTO order_events (order_id, at, status, message) VALUES ($1, now(), $2, $3) RETURNING sequence`,
      [entry.orderId, entry.status, entry.message],
    );
    return inserted.sequence;
  }

  /** Entries of several orders, each order's oldest first. */
  findByOrderIds(orderIds: readonly string[]): Promise<OrderEventEntity[]> {
    return this.dataSource.query<OrderEventEntity[]>(
      `/* OrderEventRepository.findByOrderIds */
       SELECT kept.order_id AS "orderId", kept.sequence, kept.at, kept.status, kept.message
       FROM unnest($1::uuid[]) AS wanted (wanted_id)
       CROSS JOIN LATERAL (
         (SELECT * FROM order_events WHERE order_id = wanted_id ORDER BY sequence LIMIT 1)
         UNION
         (SELECT * FROM order_events WHERE order_id = wanted_id ORDER BY sequence DESC LIMIT ${maximumEntries - 1})
       ) AS kept
       ORDER BY kept.order_id, kept.sequence`,
      [orderIds],
    );
  }
}
