import type { Transaction } from '@shop/kit/database';
import { addJob } from '@shop/kit/jobs';
import { z } from 'zod';

/** Name of the job that brings a subscriber what it has not taken; at most one per subscriber. */
export const deliverEventsJob = 'deliver-events';

export const deliverEventsPayload = z.object({ subscriber: z.string() });

/** Plans the subscriber's job. One that waits already keeps its time, unless it is to run at once. */
export function planDeliveries(
  transaction: Transaction,
  { subscriber, delayMs }: { subscriber: string; delayMs: number },
): Promise<void> {
  return addJob(transaction, {
    task: deliverEventsJob,
    payload: { subscriber },
    key: `deliver:${subscriber}`,
    delayMs,
    keepsTime: delayMs > 0,
  });
}
