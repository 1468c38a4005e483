import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How an operator has settled a payment by hand. Never changes. */
@Entity({ name: 'settlements' })
export class Settlement {
  @PrimaryColumn({ type: 'uuid', name: 'payment_id' })
  paymentId: string;

  @Column({ type: 'text', name: 'settled_as' })
  settledAs: 'SUCCEEDED' | 'FAILED';

  /** 1 to 200 printable characters. */
  @Column({ type: 'text' })
  reason: string;

  /** False: settled with --without-provider, so the provider may hold money that is not known here. */
  @Column({ type: 'boolean', name: 'asked_provider' })
  askedProvider: boolean;

  @Column({ type: 'timestamptz', name: 'settled_at' })
  settledAt: Date;
}
