import { hasExpired } from './expiry';
import type { OrderEntity } from './order.entity';

/** An order as one statement read or wrote it. */
export type OrderRow = OrderEntity & {
  /** The time to pay has expired; for a draft, the time to be placed. */
  isOverdue: boolean;
};

/** The columns of an `OrderRow`. */
export function orderRowColumns(table: string): string {
  return `${orderColumns(table)}, ${hasExpired(table)} AS "isOverdue"`;
}

/** The columns of `orders` under the names of `OrderEntity`, for statements that TypeORM does not write. */
export function orderColumns(table: string): string {
  return Object.entries(columns)
    .map(([property, column]) => `${table}.${column} AS "${property}"`)
    .join(', ');
}

const columns = {
  id: 'id',
  userId: 'user_id',
  step: 'step',
  status: 'status',
  attempt: 'attempt',
  unreachedAttempts: 'unreached_attempts',
  attemptResumed: 'attempt_resumed',
  paymentMethod: 'payment_method',
  returnUrl: 'return_url',
  paymentId: 'payment_id',
  cancelReason: 'cancel_reason',
  refundRevision: 'refund_revision',
  draftLines: 'draft_lines',
  currency: 'currency',
  totalCents: 'total_cents',
  expiresAt: 'expires_at',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  version: 'version',
};
