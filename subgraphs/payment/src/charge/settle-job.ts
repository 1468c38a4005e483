import type { Transaction } from '@shop/kit/database';
import { addJob, queueByHash, removeJob } from '@shop/kit/jobs';
import { currentTraceparent } from '@shop/kit/telemetry';
import { z } from 'zod';

/** Name of the job that asks the provider about one undecided payment. */
export const settlePaymentJob = 'settle-payment';

/**
 * Maximum concurrent visits. While a provider hangs, they must not take all slots of the job runner: refunds, webhooks and
 * events of other orders need the others.
 */
export const visitQueues = 4;

/** `traceparent`: of the request that began it all. */
export const settlePaymentPayload = z.object({ paymentId: z.uuid(), traceparent: z.string().optional() });

const keyOf = (paymentId: string) => `settle:${paymentId}`;

/** Plans the next visit, in place of one that is planned already. */
export function planVisit(transaction: Transaction, paymentId: string, delayMs: number): Promise<void> {
  return addJob(transaction, {
    task: settlePaymentJob,
    payload: { paymentId, traceparent: currentTraceparent() },
    key: keyOf(paymentId),
    queue: queueByHash('settle-payment', paymentId, visitQueues),
    delayMs,
  });
}

export function cancelVisit(transaction: Transaction, paymentId: string): Promise<void> {
  return removeJob(transaction, keyOf(paymentId));
}

/** The pause after so many visits that decided nothing: 1 s, 2 s, 4 s … 60 s. */
export function pauseAfterVisitsMs(visits: number): number {
  return Math.min(60_000, 1_000 * 2 ** Math.min(visits, 6));
}
