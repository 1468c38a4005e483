import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type ChargeRequest, permanentFailureCodes } from '../providers/payment-provider';

export type PaymentStatus = 'PENDING' | 'REQUIRES_ACTION' | 'SUCCEEDED' | 'FAILED' | 'UNKNOWN' | 'REFUNDED';

/** One attempt to pay an order. All times are from the database's clock. */
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

  /** The provider's payment method token; null: the provider chooses. */
  @Column({ type: 'text', name: 'payment_method', nullable: true })
  paymentMethod: string | null;

  /** Where the provider redirects the customer after an authentication; null once decided. */
  @Column({ type: 'text', name: 'return_url', nullable: true })
  returnUrl: string | null;

  @Column({ type: 'text' })
  status: PaymentStatus;

  /** False only for a FAILED attempt that the provider definitely never charges. */
  @Column({ type: 'boolean' })
  sent: boolean;

  @Column({ type: 'text' })
  provider: string;

  /** The provider's idempotency key, the same in every call about this attempt. */
  @Column({ type: 'text', name: 'provider_key' })
  providerKey: string;

  /** The provider's ID of the charge, once it is known. */
  @Column({ type: 'text', name: 'provider_reference', nullable: true })
  providerReference: string | null;

  /** Set if and only if FAILED. */
  @Column({ type: 'text', name: 'failure_code', nullable: true })
  failureCode: string | null;

  /** Number of inquiries at the provider after the first call. */
  @Column({ type: 'integer' })
  visits: number;

  /** When the provider is inquired next; set if and only if undecided. */
  @Column({ type: 'timestamptz', name: 'due_at', nullable: true })
  dueAt: Date | null;

  /** The W3C `traceparent` of the request that started the attempt; null without a trace. */
  @Column({ type: 'text', nullable: true })
  traceparent: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  /** When the status last changed. */
  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;
}

export function isDecided({ status }: Pick<Payment, 'status'>): boolean {
  return status !== 'PENDING' && status !== 'UNKNOWN' && status !== 'REQUIRES_ACTION';
}

/** Nothing was charged, and no further attempt with the same amount and currency can succeed. */
export function isNotPossible({ sent, failureCode }: Pick<Payment, 'sent' | 'failureCode'>): boolean {
  return !sent && permanentFailureCodes.some((code) => code === failureCode);
}

/** The same in every call about a payment, except the reference, which is set once it is known. */
export function toChargeRequest(payment: Payment): ChargeRequest {
  const { orderId, amountCents, currency } = payment;
  return {
    key: payment.providerKey,
    orderId,
    amountCents,
    currency,
    method: payment.paymentMethod,
    openedAt: payment.createdAt,
    reference: payment.providerReference,
    returnUrl: payment.returnUrl,
  };
}
