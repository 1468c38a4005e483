import type { Transaction } from '@shop/kit/database';
import { addJob, removeJob } from '@shop/kit/jobs';
import { z } from 'zod';

/** Name of the job that finishes one refund. */
export const refundPaymentJob = 'refund-payment';

export const refundPaymentPayload = z.object({ paymentId: z.uuid() });

const keyOf = (paymentId: string) => `refund:${paymentId}`;

export function planRefund(transaction: Transaction, paymentId: string, delayMs: number): Promise<void> {
  return addJob(transaction, {
    task: refundPaymentJob,
    payload: { paymentId },
    key: keyOf(paymentId),
    delayMs,
  });
}

export function cancelPlannedRefund(transaction: Transaction, paymentId: string): Promise<void> {
  return removeJob(transaction, keyOf(paymentId));
}
