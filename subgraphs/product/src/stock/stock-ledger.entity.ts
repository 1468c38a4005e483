import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One change of what is on hand, and why. Never changed, never deleted. */
@Entity('stock_ledger')
export class StockLedgerEntry {
  /** UUIDv7. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'product_id' })
  productId: string;

  /** Units added, or taken away when negative. */
  @Column({ type: 'int' })
  delta: number;

  @Column({ type: 'text' })
  reason: string;

  /** The administrator's user id, or `seed`. */
  @Column({ type: 'text' })
  actor: string;

  @Column({ type: 'text', name: 'idempotency_key', nullable: true })
  idempotencyKey: string | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;
}
