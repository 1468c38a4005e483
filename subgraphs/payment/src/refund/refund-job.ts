import type { Transaction } from '@shop/kit/database';
import { addJob, removeJob } from '@shop/kit/jobs';
import { currentTraceparent } from '@shop/kit/telemetry';
import { z } from 'zod';

/** Name of the job that finishes one refund. */
export const refundPaymentJob = 'refund-payment';

/** `traceparent`: of the request that began it all. */
export const refundPaymentPayload = z.object({ paymentId: z.uuid(), traceparent: z.string().optional() });

const keyOf = (paymentId: string) => `refund:${paymentId}`;

export function planRefund(transaction: Transaction, paymentId: string, delayMs: number): Promise<void> {
  return addJob(transaction, {
    task: refundPaymentJob,
    payload: { paymentId, traceparent: currentTraceparent() },
    key: keyOf(paymentId),
    delayMs,
  });
}

export function cancelPlannedRefund(transaction: Transaction, paymentId: string): Promise<void> {
  return removeJob(transaction, keyOf(paymentId));
}
