import { Column, Entity, PrimaryColumn } from 'typeorm';

export type RefundStatus = 'PENDING' | 'SUCCEEDED' | 'FAILED';

/** The refund of a payment, in full. A payment has at most one. */
@Entity({ name: 'refunds' })
export class Refund {
  @PrimaryColumn({ type: 'uuid', name: 'payment_id' })
  paymentId: string;

  /** The provider's idempotency key of the current round. */
  @Column({ type: 'text', name: 'provider_key' })
  providerKey: string;

  @Column({ type: 'text' })
  status: RefundStatus;

  /** The provider's, provider_pending or provider_no_answer; set if and only if FAILED. */
  @Column({ type: 'text', name: 'failure_code', nullable: true })
  failureCode: string | null;

  /** True: nothing is refunded under `providerKey`. False: the provider may still refund. */
  @Column({ type: 'boolean', name: 'is_definite' })
  isDefinite: boolean;

  /** From 1; each round has its own provider key. */
  @Column({ type: 'integer' })
  round: number;

  /** Calls to the provider since the refund was requested, or last retried by an operator. */
  @Column({ type: 'integer' })
  tries: number;

  /** Set if and only if PENDING. */
  @Column({ type: 'timestamptz', name: 'due_at', nullable: true })
  nextTryAt: Date | null;

  /** Starts at 1 and is incremented by each status change; orders the events. */
  @Column({ type: 'integer' })
  revision: number;

  /** The provider's ID of the refund, once it is known. */
  @Column({ type: 'text', name: 'provider_reference', nullable: true })
  providerReference: string | null;

  /** The reason of an operator who settled it. */
  @Column({ type: 'text', name: 'settled_reason', nullable: true })
  settledReason: string | null;

  @Column({ type: 'timestamptz', name: 'settled_at', nullable: true })
  settledAt: Date | null;

  /** The W3C `traceparent` of the refund request; null without a trace. */
  @Column({ type: 'text', nullable: true })
  traceparent: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  /** When the status last changed. */
  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;
}

/** The stored details of a failed refund. */
export interface RefundFailure {
  failureCode: string;
  isDefinite: boolean;
  reference: string | null;
}
