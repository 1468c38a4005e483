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

  /** The provider's reason, or provider_pending or provider_no_answer; set if and only if FAILED. */
  @Column({ type: 'text', name: 'failure_code', nullable: true })
  failureCode: string | null;

  /** FAILED by a definite answer: nothing is refunded under `providerKey`. False: it may still be. */
  @Column({ type: 'boolean', name: 'is_definite' })
  isDefinite: boolean;

  /** From 1; each round has its own provider key. */
  @Column({ type: 'integer' })
  round: number;

  /** Calls to the provider since the refund was requested, or last retried by an operator. */
  @Column({ type: 'integer' })
  tries: number;

  /** Set exactly while PENDING. */
  @Column({ type: 'timestamptz', name: 'due_at', nullable: true })
  nextTryAt: Date | null;

  /** Starts at 1 and grows by one with each change of the status; orders the events. */
  @Column({ type: 'integer' })
  revision: number;

  /** The provider's own id of the refund, once it is known. */
  @Column({ type: 'text', name: 'provider_reference', nullable: true })
  providerReference: string | null;

  /** The reason of an operator who settled it. */
  @Column({ type: 'text', name: 'settled_reason', nullable: true })
  settledReason: string | null;

  @Column({ type: 'timestamptz', name: 'settled_at', nullable: true })
  settledAt: Date | null;

  /** The W3C `traceparent` of the request for the refund; null outside any trace. */
  @Column({ type: 'text', nullable: true })
  traceparent: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  /** When the status last changed. */
  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;
}
