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
};
