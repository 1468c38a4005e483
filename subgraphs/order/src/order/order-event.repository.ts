import type { Transaction } from '@shop/kit/database';
import { type DataSource, In } from 'typeorm';
import { OrderEventEntity } from './order-event.entity';

/** The timelines of orders. */
export class OrderEventRepository {
  constructor(private readonly dataSource: DataSource) {}

  async insert(
    transaction: Transaction,
    entry: Pick<OrderEventEntity, 'orderId' | 'status' | 'message'>,
  ): Promise<void> {
    await transaction.query(
      `/* OrderEventRepository.insert */
       INSERT INTO order_events (order_id, at, status, message) VALUES ($1, now(), $2, $3)`,
      [entry.orderId, entry.status, entry.message],
    );
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
