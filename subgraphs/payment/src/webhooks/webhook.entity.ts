import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * `inquired`: the provider was asked how the payment stands · `already_decided`: nothing was left to ask · `unknown_charge`: it
 * is about no payment of ours.
 */
export type WebhookOutcome = 'inquired' | 'already_decided' | 'unknown_charge';

/** One notice of a payment provider, verified. */
@Entity({ name: 'webhooks' })
export class Webhook {
  @PrimaryColumn({ type: 'text' })
  provider: string;

  /** The provider's own id of the notice, the same each time it is sent. */
  @PrimaryColumn({ type: 'text' })
  id: string;

  /** In the provider's words, for example charge.succeeded. */
  @Column({ type: 'text' })
  type: string;

  /** The provider key of the payment that it is about; null: of none of ours. */
  @Column({ type: 'text', name: 'charge_key', nullable: true })
  chargeKey: string | null;

  /** The signed bytes, without client secrets. */
  @Column({ type: 'bytea' })
  body: Buffer;

  /** By the provider's clock. */
  @Column({ type: 'timestamptz', name: 'occurred_at' })
  occurredAt: Date;

  @Column({ type: 'timestamptz', name: 'received_at' })
  receivedAt: Date;

  /** How often it came. */
  @Column({ type: 'integer' })
  deliveries: number;

  /** How often it was taken up since it came or was replayed. */
  @Column({ type: 'integer' })
  attempts: number;

  /** Set together with `processedAt`. */
  @Column({ type: 'text', nullable: true })
  outcome: WebhookOutcome | null;

  /** Null while it is due. */
  @Column({ type: 'timestamptz', name: 'processed_at', nullable: true })
  processedAt: Date | null;
}
