import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The manual settlement of a payment. Immutable except `dueAt`. */
@Entity({ name: 'settlements' })
export class Settlement {
  @PrimaryColumn({ type: 'uuid', name: 'payment_id' })
  paymentId: string;

  @Column({ type: 'text', name: 'settled_as' })
  settledAs: 'SUCCEEDED' | 'FAILED';

  /** 1 to 200 printable characters. */
  @Column({ type: 'text' })
  reason: string;

  /** False: settled with --without-provider, so the provider may have charged it. */
  @Column({ type: 'boolean', name: 'asked_provider' })
  askedProvider: boolean;

  @Column({ type: 'timestamptz', name: 'settled_at' })
  settledAt: Date;

  /** When the service next tries to close the key at the provider; null if it is closed. */
  @Column({ type: 'timestamptz', name: 'due_at', nullable: true })
  dueAt: Date | null;
}
