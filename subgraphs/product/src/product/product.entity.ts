import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of the table `products`. */
@Entity('products')
export class Product {
  /** UUIDv7, so ordered by creation. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  sku: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  description: string;

  @Column({ type: 'bigint', name: 'price_cents' })
  priceCents: number;

  @Column({ type: 'char', length: 3 })
  currency: string;

  /** Units that can be ordered now; reserved units are already subtracted. */
  @Column({ type: 'int' })
  stock: number;

  @Column({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  /** Set by a trigger on every change except of the stock. */
  @Column({ type: 'timestamptz', precision: 3, name: 'updated_at' })
  updatedAt: Date;
}
