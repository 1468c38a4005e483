import type { DataSource } from 'typeorm';
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
 * Has stored notices processed again, by any payment process; harmless at any time, because a notice only makes
 * us ask the provider. The oldest first, at most `limit`, 1,000 when left out.
 *
 * @returns which
 */
export function replayWebhooks(
  dataSource: DataSource,
  filter: WebhookFilter,
  limit = 1_000,
): Promise<WebhookKey[]> {
  return new WebhookRepository(dataSource).reopen(filter, limit);
}
