import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A product of the catalogue, as the table `products` holds it. */
@Entity('products')
export class Product {
  /** UUIDv7: in order of creation. */
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

  /** Units that can be ordered now: what is held for orders has been taken off. */
  @Column({ type: 'int' })
  stock: number;

  @Column({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  /** Set by a trigger on every change except to the stock. */
  @Column({ type: 'timestamptz', precision: 3, name: 'updated_at' })
  updatedAt: Date;
}
