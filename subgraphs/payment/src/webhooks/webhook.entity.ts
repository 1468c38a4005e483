import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * `inquired`: the provider was inquired about the payment · `already_decided`: no inquiry was
 * needed · `unknown_charge`: no payment has its key.
 */
export type WebhookOutcome = 'inquired' | 'already_decided' | 'unknown_charge';

/** A verified webhook of a payment provider. */
@Entity({ name: 'webhooks' })
export class Webhook {
  @PrimaryColumn({ type: 'text' })
  provider: string;

  /** The provider's ID of the webhook, the same in each delivery. */
  @PrimaryColumn({ type: 'text' })
  id: string;

  /** The provider's event type, for example charge.succeeded. */
  @Column({ type: 'text' })
  type: string;

  /** The provider key of the payment; null if it has none. */
  @Column({ type: 'text', name: 'charge_key', nullable: true })
  chargeKey: string | null;

  /** The body without client secrets. */
  @Column({ type: 'bytea' })
  body: Buffer;

  /** By the provider's clock. */
  @Column({ type: 'timestamptz', name: 'occurred_at' })
  occurredAt: Date;

  @Column({ type: 'timestamptz', name: 'received_at' })
  receivedAt: Date;

  /** Number of deliveries. */
  @Column({ type: 'integer' })
  deliveries: number;

  /** Number of processing attempts since it was received or replayed. */
  @Column({ type: 'integer' })
  attempts: number;

  /** Set together with `processedAt`. */
  @Column({ type: 'text', nullable: true })
  outcome: WebhookOutcome | null;

  /** Null while it is due. */
  @Column({ type: 'timestamptz', name: 'processed_at', nullable: true })
  processedAt: Date | null;
}
