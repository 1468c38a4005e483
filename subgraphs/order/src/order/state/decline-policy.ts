import type { InputOfType } from './order-state';

/** Whether a declined payment cancels its order, from PAYMENT_DECLINE. */
export interface DeclinePolicy {
  onDecline: 'cancel' | 'retry';
  /** From PAYMENT_MAX_ATTEMPTS_PER_ORDER. */
  maximumAttempts: number;
}

/** The transition input for a declined attempt; `retry` is null if a decline cancels the order. */
export function paymentFailed(
  { onDecline, maximumAttempts }: DeclinePolicy,
  { isOverdue }: { isOverdue: boolean },
  declined: Pick<InputOfType<'payment_failed'>, 'attempt' | 'paymentId' | 'operatorReason'>,
): InputOfType<'payment_failed'> {
  const retry = onDecline === 'retry' ? { isOverdue, maximumAttempts } : null;
  return { type: 'payment_failed', ...declined, retry };
}
