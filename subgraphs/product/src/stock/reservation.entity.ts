import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * HELD: taken off the stock for an order that is not paid · COMMITTED: sold · RELEASED: given back, or refused in
 * advance; nothing will ever be held for this order again.
 */
export type ReservationStatus = 'HELD' | 'COMMITTED' | 'RELEASED';

/** What an order holds; one per order. */
@Entity('reservations')
export class Reservation {
  @PrimaryColumn({ type: 'uuid', name: 'order_id' })
  orderId: string;

  @Column({ type: 'text' })
  status: ReservationStatus;

  @Column({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'updated_at' })
  updatedAt: Date;
}

/** Units of one product in a reservation, with what the product was at that moment. */
@Entity('reservation_lines')
export class ReservationLine {
  @PrimaryColumn({ type: 'uuid', name: 'order_id' })
  orderId: string;

  @PrimaryColumn({ type: 'uuid', name: 'product_id' })
  productId: string;

  /** From 1, in the order that was asked for. */
  @Column({ type: 'int' })
  position: number;

  @Column({ type: 'int' })
  quantity: number;

  @Column({ type: 'text' })
  sku: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'bigint', name: 'unit_price_cents' })
  unitPriceCents: number;

  @Column({ type: 'char', length: 3 })
  currency: string;
}

/** Units of one product to hold. */
export type RequestedLine = Pick<ReservationLine, 'productId' | 'quantity'>;

/** A line of a known reservation. */
export type HeldLine = Omit<ReservationLine, 'orderId'>;
