import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * One line of a placed order, with the product's data at that time, in the order's currency.
 * Immutable.
 */
@Entity('order_items')
export class OrderItemEntity {
  @PrimaryColumn({ type: 'uuid', name: 'order_id' })
  orderId: string;

  /** From 0, in request order. */
  @PrimaryColumn({ type: 'integer' })
  position: number;

  @Column({ type: 'uuid', name: 'product_id' })
  productId: string;

  @Column({ type: 'text' })
  sku: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'integer' })
  quantity: number;

  @Column({ type: 'bigint', name: 'unit_price_cents' })
  unitPriceCents: number;
}
