import { query, statement } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import type { OrderItemEntity } from './order-item.entity';

const findByOrderIds = statement(
  'OrderItemRepository.findByOrderIds',
  `SELECT order_id AS "orderId", position, product_id AS "productId", sku, name, quantity,
          unit_price_cents AS "unitPriceCents"
     FROM order_items WHERE order_id = ANY ($1::uuid[]) ORDER BY order_id, position`,
);

/** The lines of placed orders. They are inserted by the statement that places the order: move-statement.ts. */
export class OrderItemRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Lines of several orders, each order's in the order of the request. */
  findByOrderIds(orderIds: readonly string[]): Promise<OrderItemEntity[]> {
    return query<OrderItemEntity>(this.dataSource, findByOrderIds, [orderIds]);
  }
}
