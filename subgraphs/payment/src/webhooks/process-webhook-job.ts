import type { Transaction } from '@shop/kit/database';
import { addJob } from '@shop/kit/jobs';
import { z } from 'zod';
import type { WebhookKey } from './webhook.repository';

/** Name of the job that acts on one stored notice. */
export const processWebhookJob = 'process-webhook';

export const processWebhookPayload = z.object({ provider: z.string(), id: z.string() });

/** Plans it for now, once however often it is planned. */
export function planProcessing(transaction: Transaction, { provider, id }: WebhookKey): Promise<void> {
  return addJob(transaction, {
    task: processWebhookJob,
    payload: { provider, id },
    key: `webhook:${provider}:${id}`,
  });
}
