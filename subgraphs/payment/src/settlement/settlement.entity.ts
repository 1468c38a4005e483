import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The manual settlement of a payment. Never changes. */
@Entity({ name: 'settlements' })
export class Settlement {
  @PrimaryColumn({ type: 'uuid', name: 'payment_id' })
  paymentId: string;

  @Column({ type: 'text', name: 'settled_as' })
  settledAs: 'SUCCEEDED' | 'FAILED';

  /** 1 to 200 printable characters. */
  @Column({ type: 'text' })
  reason: string;

  /** False: settled with --without-provider, so the provider may have a charge that is unknown here. */
  @Column({ type: 'boolean', name: 'asked_provider' })
  askedProvider: boolean;

  @Column({ type: 'timestamptz', name: 'settled_at' })
  settledAt: Date;
}
