import type { Transaction } from '@shop/kit/database';
import { type DataSource, In } from 'typeorm';
import { OrderItemEntity } from './order-item.entity';

/** The lines of placed orders. */
export class OrderItemRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** All in one statement. */
  async insertAll(transaction: Transaction, items: readonly OrderItemEntity[]): Promise<void> {
    await transaction.query(
      `/* OrderItemRepository.insertAll */
       INSERT INTO order_items (order_id, position, product_id, sku, name, quantity, unit_price_cents)
       SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::int[], $7::bigint[])`,
      [
        items.map((item) => item.orderId),
        items.map((item) => item.position),
        items.map((item) => item.productId),
        items.map((item) => item.sku),
        items.map((item) => item.name),
        items.map((item) => item.quantity),
        items.map((item) => item.unitPriceCents),
      ],
    );
  }

  /** Lines of several orders, each order's in the order of the request. */
  findByOrderIds(orderIds: readonly string[]): Promise<OrderItemEntity[]> {
    return this.dataSource.manager.find(OrderItemEntity, {
      where: { orderId: In([...orderIds]) },
      order: { orderId: 'ASC', position: 'ASC' },
      comment: 'OrderItemRepository.findByOrderIds',
    });
  }
}
