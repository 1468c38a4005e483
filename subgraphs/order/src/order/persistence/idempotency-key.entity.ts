import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { KeyedOperation, OrderOutcome } from '../state/order-outcome';

/** What one user's idempotency key was used for, and what came of it. Written in the statement of its effect. */
@Entity('idempotency_keys')
export class IdempotencyKeyEntity {
  @PrimaryColumn({ type: 'uuid', name: 'user_id' })
  userId: string;

  @PrimaryColumn({ type: 'text' })
  key: string;

  @Column({ type: 'text' })
  operation: KeyedOperation;

  /** SHA-256 of the operation and its canonical request. */
  @Column({ type: 'bytea', name: 'request_hash' })
  requestHash: Buffer;

  @Column({ type: 'uuid', name: 'order_id' })
  orderId: string;

  /** The payment attempt that a payOrder began, of a cancelOrder the order's last one; 0 for a request that began nothing. */
  @Column({ type: 'integer' })
  attempt: number;

  /** Null while the request is in progress. */
  @Column({ type: 'jsonb', nullable: true })
  outcome: OrderOutcome | null;
}
