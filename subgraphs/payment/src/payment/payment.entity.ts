import { Column, Entity, PrimaryColumn } from 'typeorm';

export type PaymentStatus = 'PENDING' | 'REQUIRES_ACTION' | 'SUCCEEDED' | 'FAILED' | 'UNKNOWN' | 'REFUNDED';

/** One attempt to pay an order. The database's clock gives all times. */
@Entity({ name: 'payments' })
export class Payment {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'order_id' })
  orderId: string;

  /** From 1; unique per order. */
  @Column({ type: 'integer' })
  attempt: number;

  /** The order's owner. */
  @Column({ type: 'uuid', name: 'user_id' })
  userId: string;

  @Column({ type: 'bigint', name: 'amount_cents' })
  amountCents: number;

  @Column({ type: 'text' })
  currency: string;

  /** The provider's token for how to pay; null: the provider chooses. */
  @Column({ type: 'text', name: 'payment_method', nullable: true })
  paymentMethod: string | null;

  /** Where the provider redirects the customer's browser after an authentication; null once the payment is decided. */
  @Column({ type: 'text', name: 'return_url', nullable: true })
  returnUrl: string | null;

  @Column({ type: 'text' })
  status: PaymentStatus;

  /** False only for a FAILED attempt of which the provider definitely charges nothing, now or later. */
  @Column({ type: 'boolean' })
  sent: boolean;

  @Column({ type: 'text' })
  provider: string;

  /** The provider's idempotency key, the same in every call about this attempt. */
  @Column({ type: 'text', name: 'provider_key' })
  providerKey: string;

  /** The provider's own id of the charge, once it has told it. */
  @Column({ type: 'text', name: 'provider_reference', nullable: true })
  providerReference: string | null;

  /** Set exactly while FAILED. */
  @Column({ type: 'text', name: 'failure_code', nullable: true })
  failureCode: string | null;

  /** How often the settlement has taken this attempt up. */
  @Column({ type: 'integer' })
  visits: number;

  /** When the settlement asks the provider next; set exactly while undecided. */
  @Column({ type: 'timestamptz', name: 'due_at', nullable: true })
  dueAt: Date | null;

  /** The W3C `traceparent` of the request that began the attempt; null outside any trace. */
  @Column({ type: 'text', nullable: true })
  traceparent: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  /** When the status last changed. */
  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;
}
