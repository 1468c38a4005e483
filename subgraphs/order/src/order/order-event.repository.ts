import type { Transaction } from '@shop/kit/database';
import { type DataSource, In } from 'typeorm';
import { OrderEventEntity } from './order-event.entity';

/** The timelines of orders. */
export class OrderEventRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns the entry's sequence: under the order's lock, higher than those of its earlier entries */
  async insert(
    transaction: Transaction,
    entry: Pick<OrderEventEntity, 'orderId' | 'status' | 'message'>,
  ): Promise<number> {
    const [inserted] = await transaction.query<[{ sequence: number }]>(
      `/* OrderEventRepository.insert */
       INSERT INTO order_events (order_id, at, status, message) VALUES ($1, now(), $2, $3) RETURNING sequence`,
      [entry.orderId, entry.status, entry.message],
    );
    return inserted.sequence;
  }

  /** Entries of several orders, each order's oldest first. */
  findByOrderIds(orderIds: readonly string[]): Promise<OrderEventEntity[]> {
    return this.dataSource.manager.find(OrderEventEntity, {
      where: { orderId: In([...orderIds]) },
      order: { orderId: 'ASC', sequence: 'ASC' },
      comment: 'OrderEventRepository.findByOrderIds',
    });
  }
}
