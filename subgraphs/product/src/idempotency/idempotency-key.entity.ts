import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key that a user gave to a mutation, with the first answer; written in the effect's own transaction. */
@Entity('idempotency_keys')
export class IdempotencyKey {
  @PrimaryColumn({ type: 'text', name: 'user_id' })
  userId: string;

  @PrimaryColumn({ type: 'text' })
  key: string;

  /** Fingerprint of operation and input: another request under the same key is a conflict. */
  @Column({ type: 'bytea', name: 'request_hash' })
  requestHash: Buffer;

  /** Null only inside the transaction that does the work. */
  @Column({ type: 'jsonb', nullable: true })
  answer: object | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;
}
