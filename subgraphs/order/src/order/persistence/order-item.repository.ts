import { type DataSource, In } from 'typeorm';
import { OrderItemEntity } from './order-item.entity';

/** The lines of placed orders. */
export class OrderItemRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Lines of several orders, each order's in the order of the request. */
  findByOrderIds(orderIds: readonly string[]): Promise<OrderItemEntity[]> {
    return this.dataSource.manager.find(OrderItemEntity, {
      where: { orderId: In([...orderIds]) },
      order: { orderId: 'ASC', position: 'ASC' },
      comment: 'OrderItemRepository.findByOrderIds',
    });
  }
}
