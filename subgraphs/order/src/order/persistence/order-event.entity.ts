import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { OrderStatus } from '../state/order-state';

/** One entry of an order's timeline. Never changes. */
@Entity('order_events')
export class OrderEventEntity {
  @PrimaryColumn({ type: 'uuid', name: 'order_id' })
  orderId: string;

  /** Increases with time; given by the database. */
  @PrimaryColumn({ type: 'bigint', insert: false })
  sequence: number;

  @Column({ type: 'timestamptz' })
  at: Date;

  @Column({ type: 'text' })
  status: OrderStatus;

  @Column({ type: 'text' })
  message: string;
}

/** What readers get of an entry. */
export type TimelineEntry = Pick<OrderEventEntity, 'at' | 'status' | 'message'>;
