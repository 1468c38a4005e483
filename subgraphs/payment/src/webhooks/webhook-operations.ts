import { inTransaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import { planProcessing } from './process-webhook-job';
import type { Webhook } from './webhook.entity';
import { type WebhookFilter, type WebhookKey, WebhookRepository } from './webhook.repository';

/** Newest first, without bodies; at most `limit`, 100 when left out. */
export function listWebhooks(
  dataSource: DataSource,
  filter: WebhookFilter = {},
  limit = 100,
): Promise<Omit<Webhook, 'body'>[]> {
  return new WebhookRepository(dataSource).list(filter, limit);
}

/** One notice with its body; null when there is none. */
export function showWebhook(dataSource: DataSource, key: WebhookKey): Promise<Webhook | null> {
  return new WebhookRepository(dataSource).find(key);
}

/**
 * Has stored notices processed again, by whichever payment process runs jobs; harmless at any time, because a notice only makes
 * us ask the provider. The oldest first, at most `limit`, 1,000 when left out.
 *
 * @returns which
 */
export function replayWebhooks(
  dataSource: DataSource,
  filter: WebhookFilter,
  limit = 1_000,
): Promise<WebhookKey[]> {
  return inTransaction(dataSource, async (transaction) => {
    const keys = await new WebhookRepository(dataSource).reopen(transaction, filter, limit);
    for (const key of keys) await planProcessing(transaction, key);
    return keys;
  });
}
