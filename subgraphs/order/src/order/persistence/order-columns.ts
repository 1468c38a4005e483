import { hasExpired } from './expiry';
import type { OrderEntity } from './order.entity';

/** An order as one statement read or returned it. */
export type OrderRow = OrderEntity & {
  /** The order, or the draft, has expired. */
  isOverdue: boolean;
};

export function orderRowColumns(table: string): string {
  return `${orderColumns(table)}, ${hasExpired(table)} AS "isOverdue"`;
}

/**
 * The columns of `orders` with the property names of `OrderEntity`, for SQL that TypeORM does not
 * generate.
 */
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
  unreachableAttempts: 'unreached_attempts',
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
