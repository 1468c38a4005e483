import type { Transaction } from '@shop/kit/database';
import { addJob } from '@shop/kit/jobs';
import { currentTraceparent } from '@shop/kit/telemetry';
import { z } from 'zod';

/** Name of the job that closes the key of a payment that was settled without asking the provider. */
export const closeKeyJob = 'close-key-of-settled-payment';

/** `traceparent`: of the settlement. */
export const closeKeyPayload = z.object({ paymentId: z.uuid(), traceparent: z.string().optional() });

export function planKeyClosing(transaction: Transaction, paymentId: string): Promise<void> {
  return addJob(transaction, {
    task: closeKeyJob,
    payload: { paymentId, traceparent: currentTraceparent() },
    key: `close-key:${paymentId}`,
  });
}
