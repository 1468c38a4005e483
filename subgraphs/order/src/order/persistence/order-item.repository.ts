import { query, statement } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import type { OrderItemEntity } from './order-item.entity';

const findByOrderIds = statement(
  'OrderItemRepository.findByOrderIds',
  `SELECT order_id AS "orderId", position, product_id AS "productId", sku, name, quantity,
          unit_price_cents AS "unitPriceCents"
     FROM order_items WHERE order_id = ANY ($1::uuid[]) ORDER BY order_id, position`,
);

/**
 * The lines of placed orders. The statement that places the order inserts them: move-statement.ts.
 */
export class OrderItemRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Sorted by order, then in request order. */
  findByOrderIds(orderIds: readonly string[]): Promise<OrderItemEntity[]> {
    return query<OrderItemEntity>(this.dataSource, findByOrderIds, [orderIds]);
  }
}
