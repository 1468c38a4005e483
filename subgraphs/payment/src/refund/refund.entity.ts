import { Column, Entity, PrimaryColumn } from 'typeorm';

export type RefundStatus = 'PENDING' | 'SUCCEEDED' | 'FAILED';

/** The one refund that a payment can have, whole. */
@Entity({ name: 'refunds' })
export class Refund {
  @PrimaryColumn({ type: 'uuid', name: 'payment_id' })
  paymentId: string;

  /** The provider's idempotency key of the current round. */
  @Column({ type: 'text', name: 'provider_key' })
  providerKey: string;

  @Column({ type: 'text' })
  status: RefundStatus;

  /** The provider's reason, or ours for giving up; set exactly while FAILED. */
  @Column({ type: 'text', name: 'failure_code', nullable: true })
  failureCode: string | null;

  /** FAILED because the provider said so: nothing is refunded under `providerKey`. Otherwise it may still be. */
  @Column({ type: 'boolean', name: 'is_definite' })
  isDefinite: boolean;

  /** From 1; each has a provider key of its own. */
  @Column({ type: 'integer' })
  round: number;

  /** How often the provider has been called since the refund began, or an operator retried it. */
  @Column({ type: 'integer' })
  tries: number;

  /** Of a PENDING refund. */
  @Column({ type: 'timestamptz', name: 'next_try_at', nullable: true })
  nextTryAt: Date | null;

  /** From 1, one more with each change of the status: of two events, the higher is the later. */
  @Column({ type: 'integer' })
  revision: number;

  /** The provider's own id of the refund, once it is known. */
  @Column({ type: 'text', name: 'provider_reference', nullable: true })
  providerReference: string | null;

  /** Why an operator settled it by hand. */
  @Column({ type: 'text', name: 'settled_reason', nullable: true })
  settledReason: string | null;

  @Column({ type: 'timestamptz', name: 'settled_at', nullable: true })
  settledAt: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  /** When the status changed last. */
  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;
}
