import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The one refund that a payment can have, whole. */
@Entity({ name: 'refunds' })
export class Refund {
  @PrimaryColumn({ type: 'uuid', name: 'payment_id' })
  paymentId: string;

  /** The provider's idempotency key of the refund. */
  @Column({ type: 'text', name: 'provider_key' })
  providerKey: string;

  @Column({ type: 'text' })
  status: 'PENDING' | 'SUCCEEDED';

  /** The provider's own id of the refund, once it has told it. */
  @Column({ type: 'text', name: 'provider_reference', nullable: true })
  providerReference: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;
}
